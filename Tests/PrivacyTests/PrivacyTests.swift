// PrivacyTests
