Indexer.main()
