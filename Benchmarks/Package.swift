// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

func nearcare(_ name: String) -> Target.Dependency { .product(name: name, package: "nearcare") }

let index = ["SearchIndex", "ProviderDirectory", "Geospatial", "CivilTime"].map(nearcare)
let store = ["Store", "Privacy", "Scheduling"].map(nearcare)

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["Asking"] + dependencies, swiftSettings: strict)
}

/// The peers' programs, in `peers/`, are C++ and Python, and built by `run`.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "nearcare", path: "..")],
  targets: [
    // What the programs share: the queries, and answering them over pipes.
    .target(name: "Asking", dependencies: index, swiftSettings: strict),
    // A home of made-up roles, schedules and patients, and queries, the same for the same seed.
    program("make-home", index + store),
    // What is measured.
    program("candidates", index),
    program("availability", index + store + ["Discovery", "QueryParsing"].map(nearcare)),
    program("bookings", index + store + ["Booking"].map(nearcare)),
    program("safeguards", index + store + ["Booking"].map(nearcare)),
    program("sign-in", index + store + ["Booking"].map(nearcare)),
    // Words alone: no index.
    .executableTarget(
      name: "parse-speed",
      dependencies: ["QueryParsing", "ProviderDirectory", "CivilTime"].map(nearcare),
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
