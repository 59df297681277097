/// How often which specialty occurs, roughly as in NPPES, and what goes with it.
struct SampleSpecialty {
  enum Visits { case medical, therapy, dental, none }

  var code: String
  var weight: Int
  var credentials: [String]
  var visits: Visits
  /// A further code that practitioners of this one often hold.
  var second: String?

  private init(
    _ code: String, _ weight: Int, _ credentials: [String], _ visits: Visits = .medical,
    second: String? = nil
  ) {
    self.code = code
    self.weight = weight
    self.credentials = credentials
    self.visits = visits
    self.second = second
  }

  private static let physician = ["MD", "MD", "M.D.", "DO"]
  private static let nurse = ["NP", "FNP-C", "APRN"]

  static let persons: [SampleSpecialty] = [
    .init("207Q00000X", 90, physician), .init("207R00000X", 100, physician),
    .init("208000000X", 60, physician), .init("363LF0000X", 110, nurse),
    .init("363L00000X", 30, nurse), .init("363A00000X", 70, ["PA", "PA-C"]),
    .init("363LP0808X", 25, ["PMHNP-BC", "NP"], .therapy),
    .init("1041C0700X", 90, ["LCSW"], .therapy),
    .init("101YM0800X", 80, ["LPC", "LMHC"], .therapy),
    .init("103TC0700X", 45, ["PHD", "PSYD"], .therapy), .init("106H00000X", 30, ["LMFT"], .therapy),
    .init("2084P0800X", 35, physician, .therapy), .init("225100000X", 70, ["PT", "DPT"]),
    .init("225X00000X", 30, ["OT", "OTR/L"]), .init("235Z00000X", 30, ["CCC-SLP"]),
    .init("122300000X", 45, ["DDS", "DMD"], .dental),
    .init("1223G0001X", 60, ["DDS", "DMD"], .dental, second: "122300000X"),
    .init("1223P0221X", 8, ["DDS"], .dental), .init("1223X0400X", 8, ["DDS", "DMD"], .dental),
    .init("124Q00000X", 10, ["RDH"], .dental), .init("111N00000X", 45, ["DC"]),
    .init("152W00000X", 35, ["OD"]), .init("213E00000X", 14, ["DPM"]),
    .init("207RC0000X", 26, physician, second: "207R00000X"),
    .init("207RI0011X", 6, physician, second: "207RC0000X"),
    .init("207RG0100X", 18, physician, second: "207R00000X"),
    .init("207RE0101X", 9, physician, second: "207R00000X"),
    .init("207RP1001X", 12, physician, second: "207R00000X"),
    .init("207RN0300X", 11, physician, second: "207R00000X"),
    .init("207RR0500X", 7, physician, second: "207R00000X"),
    .init("207RH0003X", 14, physician, second: "207R00000X"),
    .init("207RI0200X", 8, physician, second: "207R00000X"),
    .init("207RG0300X", 5, physician, second: "207R00000X"),
    .init("207N00000X", 16, physician), .init("207V00000X", 40, physician),
    .init("207X00000X", 26, physician), .init("2084N0400X", 17, physician),
    .init("207W00000X", 20, physician), .init("207Y00000X", 11, physician),
    .init("208800000X", 11, physician), .init("208600000X", 26, physician),
    .init("208200000X", 7, physician), .init("208100000X", 10, physician),
    .init("208VP0014X", 6, physician), .init("207K00000X", 6, physician),
    .init("208G00000X", 4, physician), .init("2086S0129X", 4, physician),
    .init("207L00000X", 38, physician, .none), .init("207P00000X", 40, physician, .none),
    .init("2085R0202X", 30, physician, .none), .init("207ZP0102X", 12, physician, .none),
    .init("208M00000X", 24, physician, .none), .init("367500000X", 30, ["CRNA"], .none),
    .init("367A00000X", 9, ["CNM"]), .init("133V00000X", 18, ["RD", "RDN"]),
    .init("231H00000X", 9, ["AUD"]), .init("171100000X", 12, ["LAC"]),
    .init("225700000X", 18, ["LMT"]), .init("183500000X", 40, ["PHARMD", "RPH"], .none),
    .init("163W00000X", 45, ["RN"], .none),
  ]

  static let organizations: [(code: String, weight: Int, name: String)] = [
    ("261QP2300X", 20, "Family Clinic"), ("261QU0200X", 12, "Urgent Care"),
    ("261QM0801X", 10, "Counseling Center"), ("282N00000X", 5, "Hospital"),
    ("3336C0003X", 18, "Pharmacy"), ("291U00000X", 8, "Laboratory"),
    ("261QR0400X", 8, "Rehabilitation"), ("251E00000X", 10, "Home Health"),
    ("314000000X", 6, "Nursing Center"), ("332B00000X", 8, "Medical Supply"),
  ]
}
