// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

let searchIndex = Target.Dependency.product(name: "SearchIndex", package: "nearcare")
let directory = Target.Dependency.product(name: "ProviderDirectory", package: "nearcare")
let geospatial = Target.Dependency.product(name: "Geospatial", package: "nearcare")
let civilTime = Target.Dependency.product(name: "CivilTime", package: "nearcare")

let queryParsing = Target.Dependency.product(name: "QueryParsing", package: "nearcare")

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "nearcare", path: "..")],
  targets: [
    // Made-up roles and queries, the same for the same seed.
    .executableTarget(
      name: "make-index", dependencies: [searchIndex, directory, geospatial, civilTime],
      swiftSettings: strict),
    // What is measured.
    .executableTarget(
      name: "candidates", dependencies: [searchIndex, directory, geospatial],
      swiftSettings: strict),
    // Words alone: no index.
    .executableTarget(
      name: "parse-speed", dependencies: [queryParsing, directory, civilTime],
      swiftSettings: strict),
    // What it is measured beside: the same search as a C++ programmer would write it on Xapian.
    .executableTarget(
      name: "xapian-floor", cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])],
      linkerSettings: [
        .linkedLibrary("xapian"), .linkedLibrary("GeographicLib"), .linkedLibrary("m"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
