import ProviderDirectory

/// `schedules.csv`: weekly hours of some two in five practitioners, in person and by telehealth.
struct SampleHours {
  private let file: OutputFile

  init(folder: String) throws {
    file = try OutputFile(path: folder + "/schedules.csv")
    try file.append(
      "npi,site,day_of_week,start_time,end_time,slot_duration_min,visit_type,valid_from,"
        + "valid_until\n")
  }

  func finish() throws { try file.finish() }

  private static let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
  private static let mornings = [("08:00", "12:00"), ("08:30", "12:00"), ("09:00", "12:30")]
  private static let afternoons = [("13:00", "16:30"), ("13:00", "17:00"), ("14:00", "18:00")]

  /// Hours at the main site, or none.
  func append(
    _ npi: NPI, visits: SampleSpecialty.Visits, _ generator: inout SplitMix64
  ) throws {
    guard visits != .none, generator.chance(54) else { return }
    let minutes =
      switch visits {
      case .therapy: generator.pick([45, 50, 60])
      case .dental: generator.pick([30, 40, 60])
      case .medical, .none: generator.pick([15, 20, 20, 30, 30])
      }
    let telehealthPercent = visits == .therapy ? 55 : visits == .dental ? 0 : 20
    let morning = generator.pick(Self.mornings)
    let afternoon = generator.pick(Self.afternoons)
    for (place, day) in Self.days.enumerated() where generator.chance(place == 5 ? 10 : 70) {
      let isRemote = generator.chance(telehealthPercent)
      try append(npi, day, morning, minutes, isRemote: isRemote)
      if place < 5, generator.chance(80) {
        let staysRemote = isRemote || generator.chance(telehealthPercent / 2)
        try append(npi, day, afternoon, minutes, isRemote: staysRemote)
      }
    }
    if generator.chance(telehealthPercent) {
      try append(npi, generator.pick(Self.days), ("18:30", "20:30"), minutes, isRemote: true)
    }
  }

  private func append(
    _ npi: NPI, _ day: String, _ hours: (String, String), _ minutes: Int, isRemote: Bool
  ) throws {
    try file.append(
      "\(npi),,\(day),\(hours.0),\(hours.1),\(minutes),"
        + "\(isRemote ? "telehealth" : "in-person"),,\n")
  }
}
