// QueryParsingTests
