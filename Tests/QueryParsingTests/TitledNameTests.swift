import Testing

@testable import QueryParsing

@Suite struct TitledNameTests {
  @Test(
    arguments: [
      ("Dr. Sarah Martin dentist", "Sarah Martin", nil),
      ("Dr James Wilson cardiologist in Boston", "James Wilson", "Boston, MA"),
      ("Dr. San Martin", "San Martin", nil), ("Dr. Del Rio", "Del Rio", nil),
      ("Dr. de la Cruz, OB-GYN, Houston", "de la Cruz", "Houston, TX"),
      ("Dr. St. Clair dermatologist", "St Clair", nil),
      ("Dr. Patel pediatrician Edison NJ", "Patel", "Edison, NJ"),
      ("Dr. Patel Edison NJ", "Patel", "Edison, NJ"),
      ("Dr. Smith Houston TX", "Smith", "Houston, TX"),
    ] as [(String, String, String?)])
  func isReadWhole(text: String, name: String, label: String?) throws {
    let query = try Fixture.parser().parse(text, context: Fixture.context())
    #expect(query.name == name)
    #expect(query.place?.label == label)
  }

  @Test(
    arguments: [
      ("mcdon* dermatologist", "mcdon*"), ("O'Br*", "O'Br*"), ("smi* cardiologist", "smi*"),
      ("dentist Smi* in Boston", "Smi*"),
    ])
  func aStarIsABeginningOfAName(text: String, name: String) throws {
    let query = try Fixture.parser().parse(text, context: Fixture.context())
    #expect(query.name == name)
    #expect(query.unrecognized == [])
  }

  @Test func aWomanWhoIsADoctorIsADoctor() throws {
    let query = try Fixture.parser().parse("female doctor in Brooklyn", context: Fixture.context())
    #expect(query.gender == .female)
    #expect(query.specialties.first?.code.text == "207Q00000X")
  }
}
