// SearchIndexTests
