// QueryParsing
