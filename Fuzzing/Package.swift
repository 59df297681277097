// swift-tools-version: 6.2
import PackageDescription

// Built with `--sanitize=fuzzer`, whose runtime brings `main`: see `run`.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "nearcare", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        .product(name: "QueryParsing", package: "nearcare"),
        .product(name: "ProviderDirectory", package: "nearcare"),
        .product(name: "Scheduling", package: "nearcare"),
        .product(name: "Geospatial", package: "nearcare"),
        .product(name: "CivilTime", package: "nearcare"),
      ],
      swiftSettings: [
        .unsafeFlags(["-parse-as-library"]),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
      ])
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
