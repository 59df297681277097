// ProviderDirectoryTests
