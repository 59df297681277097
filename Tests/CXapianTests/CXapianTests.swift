// CXapianTests
