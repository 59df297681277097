// IndexerTests
