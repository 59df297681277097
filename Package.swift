// swift-tools-version: 6.2
import PackageDescription

// Arrows point down only; ARCHITECTURE.md draws them. A target lists everything it imports, and
// `make check` builds with `--explicit-target-dependency-import-check error`, so this file is the
// enforced list of who may know whom.

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: ["TestSupport"] + dependencies, exclude: exclude,
    swiftSettings: strict)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "nearcare",
  products: [
    .executable(name: "nearcare", targets: ["nearcare"]),
    .executable(name: "indexer", targets: ["indexer"]),
    // For Benchmarks/.
    .library(name: "SearchIndex", targets: ["SearchIndex"]),
    .library(name: "ProviderDirectory", targets: ["ProviderDirectory"]),
    .library(name: "Geospatial", targets: ["Geospatial"]),
    .library(name: "CivilTime", targets: ["CivilTime"]),
    .library(name: "QueryParsing", targets: ["QueryParsing"]),
    .library(name: "Scheduling", targets: ["Scheduling"]),
    .library(name: "Privacy", targets: ["Privacy"]),
    .library(name: "Store", targets: ["Store"]),
    .library(name: "Discovery", targets: ["Discovery"]),
    .library(name: "Booking", targets: ["Booking"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // The C boundaries: each foreign library has exactly one owner.
    .target(
      name: "CXapian", cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("xapian")]),
    .target(
      name: "CCivilTime", cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("cctz")]),
    .systemLibrary(name: "CGEOS", pkgConfig: "geos", providers: [.apt(["libgeos-dev"])]),
    .target(
      name: "CGeodesic", cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("GeographicLib")]),
    // Loads libcurl when it is first used, so nothing is linked.
    .target(
      name: "CCurl", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CProcess"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // The tables in data/, and the one file of code that says where they are.
    .target(
      name: "ReferenceData", path: "data",
      exclude: [
        "README.md", "aliases.tsv", "build-tables", "not-names.tsv", "zip-corrections.tsv",
      ],
      sources: ["ReferenceData.swift"], resources: [.copy("tables")], swiftSettings: strict),

    module("Geospatial", ["CGEOS", "CGeodesic"]),
    module("CivilTime", ["CCivilTime"]),
    module("ProviderDirectory", ["Geospatial", "CivilTime", "ReferenceData"]),
    module("QueryParsing", ["ProviderDirectory", "CivilTime", "Geospatial"]),
    module("SearchIndex", ["CXapian", "ProviderDirectory", "Geospatial", "CivilTime", crypto]),
    module("Scheduling", ["ProviderDirectory", "CivilTime"]),
    module("Privacy", [crypto, cryptoExtras]),
    module(
      "Store",
      ["Scheduling", "ProviderDirectory", "Privacy", "CivilTime", "Geospatial", "CSQLite", grdb]),
    module(
      "Discovery",
      [
        "QueryParsing", "SearchIndex", "Geospatial", "Scheduling", "Store", "ProviderDirectory",
        "CivilTime",
      ]),
    module(
      "Booking",
      ["Scheduling", "Store", "Privacy", "ProviderDirectory", "Geospatial", "CivilTime"]),
    module(
      "Messaging",
      [
        "Booking", "Store", "Scheduling", "Privacy", "ProviderDirectory", "CivilTime",
        "ReferenceData", "CCurl",
      ]),

    module(
      "Console",
      [
        "QueryParsing", "SearchIndex", "Store", "Privacy", "ProviderDirectory", "Geospatial",
        "CivilTime", "CProcess",
      ]),
    .executableTarget(
      name: "nearcare",
      dependencies: [
        "Console",
        "QueryParsing", "SearchIndex", "Discovery", "Booking", "Messaging", "Scheduling", "Store",
        "Privacy", "ProviderDirectory", "Geospatial", "CivilTime", arguments,
      ], swiftSettings: strict),
    .executableTarget(
      name: "indexer",
      dependencies: [
        "Console",
        "SearchIndex", "Store", "Privacy", "Scheduling", "ProviderDirectory", "Geospatial",
        "CivilTime", arguments,
      ], path: "indexer", exclude: ["OPERATING.md", "systemd"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: ["CivilTime", "Geospatial", "ProviderDirectory", "Scheduling"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "StoreTestSupport",
      dependencies: [
        "TestSupport", "Store", "Scheduling", "Privacy", "ProviderDirectory", "CivilTime", grdb,
      ], path: "Tests/StoreTestSupport", swiftSettings: strict),
    .executableTarget(
      name: "BookingContender",
      dependencies: [
        "Booking", "Store", "Scheduling", "Privacy", "ProviderDirectory", "CivilTime",
      ], path: "Tests/BookingContender", swiftSettings: strict),
    tests(of: "CXapian", ["CXapian"]),
    tests(of: "Geospatial", ["Geospatial"]),
    tests(of: "CivilTime", ["CivilTime"]),
    tests(of: "ProviderDirectory", ["ProviderDirectory", "Geospatial", "CivilTime"]),
    tests(
      of: "QueryParsing", ["QueryParsing", "ProviderDirectory", "CivilTime", "Geospatial"],
      exclude: ["care-services.tsv", "phrasings.jsonl", "queries.jsonl", "wishes.jsonl"]),
    tests(of: "SearchIndex", ["SearchIndex", "ProviderDirectory", "Geospatial", "CivilTime"]),
    tests(
      of: "Scheduling", ["Scheduling", "ProviderDirectory", "CivilTime"], exclude: ["slots.py"]),
    tests(of: "Privacy", ["Privacy"]),
    tests(
      of: "Store",
      [
        "Store", "StoreTestSupport", "Scheduling", "Privacy", "ProviderDirectory", "CivilTime",
        "Geospatial", "CSQLite", grdb,
      ]),
    tests(
      of: "Discovery",
      [
        "Discovery", "QueryParsing", "SearchIndex", "Store", "StoreTestSupport", "Scheduling",
        "ProviderDirectory", "Geospatial", "CivilTime", "Booking", "Privacy",
      ]),
    tests(
      of: "Booking",
      [
        "Booking", "BookingContender", "Store", "StoreTestSupport", "Scheduling", "Privacy",
        "ProviderDirectory", "CivilTime", "Geospatial",
      ]),
    tests(
      of: "Messaging",
      [
        "Messaging", "Booking", "Store", "StoreTestSupport", "Scheduling", "Privacy", "CivilTime",
        "ProviderDirectory", "Geospatial",
      ], exclude: ["gateway.py", "mail.py", "signature.py", "smtp.py", "tokens.py"]),
    tests(of: "CommandLine", ["nearcare", "indexer"], exclude: ["Transcripts"]),
    tests(
      of: "Indexer",
      [
        "indexer", "Console", "SearchIndex", "Store", "Privacy", "Scheduling", "ProviderDirectory",
        "Geospatial", "CivilTime",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
