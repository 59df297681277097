// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "nearcare", path: "..")],
  targets: [
    .target(
      name: "Readers",
      dependencies: [
        .product(name: "QueryParsing", package: "nearcare"),
        .product(name: "ProviderDirectory", package: "nearcare"),
        .product(name: "Scheduling", package: "nearcare"),
        .product(name: "Geospatial", package: "nearcare"),
        .product(name: "CivilTime", package: "nearcare"),
      ],
      swiftSettings: strict),
    // Built with `--sanitize=fuzzer`, whose runtime brings `main`: see `run`.
    .executableTarget(
      name: "fuzz", dependencies: ["Readers"],
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]),
    .executableTarget(name: "mutate", dependencies: ["Readers"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
