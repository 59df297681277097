import Testing

@testable import ProviderDirectory

@Suite struct InsurerCatalogTests {
  let catalog: InsurerCatalog

  init() throws { catalog = try InsurerCatalog() }

  @Test func theTableHoldsTogether() throws {
    try catalog.verify()
    #expect(catalog.insurers.count >= 100)
  }

  @Test(arguments: [
    ("Blue Cross", "bcbs"), ("BCBS", "bcbs"), ("Blue Shield", "bcbs"),
    ("Blue Shield of California", "blue-shield-california"), ("Florida Blue", "florida-blue"),
    ("Anthem Blue Cross", "anthem"), ("United Healthcare", "unitedhealthcare"),
    ("UHC", "unitedhealthcare"), ("Kaiser", "kaiser"), ("Medi-Cal", "medicaid"),
    ("Delta Dental", "delta-dental"), ("L.A. Care", "la-care"), ("Oxford", "oxford"),
  ])
  func brands(_ words: String, _ id: String) {
    #expect(catalog.insurer(named: words)?.id == id)
  }

  @Test func namesContainWhatPatientsSay() throws {
    for (words, part) in [
      ("blue cross", "blue cross"), ("united healthcare", "united"), ("blue shield", "blue"),
      ("aetna", "aetna"), ("medicaid", "medicaid"), ("humana", "humana"), ("cigna", "cigna"),
    ] {
      let insurer = try #require(catalog.insurer(named: words))
      #expect(insurer.name.lowercased().contains(part))
    }
  }

  @Test func ofMayBeLeftOut() throws {
    #expect(catalog.insurer(named: "Blue Cross Minnesota")?.id == "bcbs-minnesota")
    #expect(catalog.insurer(named: "blue cross of minnesota")?.id == "bcbs-minnesota")
    #expect(
      catalog.insurer(named: "mutual omaha")?.id == catalog.insurer(named: "mutual of omaha")?.id)
  }

  @Test func aParentBrandFindsItsMembers() {
    #expect(catalog.lineage(of: "empire") == ["empire", "anthem", "bcbs"])
    #expect(catalog.lineage(of: "capital-health-plan").contains("florida-blue"))
    #expect(catalog.lineage(of: "blue-shield-california").last == "bcbs")
    #expect(!catalog.lineage(of: "aetna").contains("bcbs"))
    #expect(catalog.lineage(of: "no such") == [])
  }

  @Test(arguments: [
    // Issuers by their HIOS ids, whatever the plan is called.
    ("38344AK0570001", "", "premera"), ("16842FL0070001", "BlueOptions", "florida-blue"),
    ("33602TX0420001", "Blue Choice Gold PPO 001", "bcbs-texas"),
    ("70285CA8000001", "", "blue-shield-california"), ("62141AR0010001", "", "ambetter"),
    // Names, where the id says nothing.
    ("12345XX9876543", "Aetna Medicare Premier (PPO)", "aetna"),
    ("H1234-001", "AARP Medicare Advantage Choice", "aarp"),
    ("H5216-062", "HumanaChoice Florida", "humana"),
    ("X", "Blue Cross Blue Shield Basic", "bcbs"),
    ("X", "Empire BlueCross BlueShield HMO", "empire"),
    ("H0001", "Nothing In Particular", "medicare"),
  ])
  func plans(_ id: String, _ name: String, _ insurer: String) {
    #expect(catalog.insurer(forPlanID: id, marketingName: name)?.id == insurer)
  }

  @Test func aPlanOfNobodyKnownIsNobodys() {
    #expect(
      catalog.insurer(forPlanID: "12345XX9876543", marketingName: "Vandelay Gold Health Plan")
        == nil)
    #expect(catalog.insurer(forPlanID: "", marketingName: "") == nil)
  }
}

@Suite struct LanguageCatalogTests {
  @Test func theTableHoldsTogether() throws {
    try LanguageCatalog().verify()
  }

  @Test(arguments: [
    ("Spanish", "es"), ("Mandarin", "zh"), ("Cantonese", "zh"), ("español", "es"), ("ASL", "ase"),
    ("Farsi", "fa"), ("Haitian Creole", "ht"), ("vi", "vi"), ("Tagalog", "tl"),
  ])
  func names(_ name: String, _ code: String) throws {
    #expect(try LanguageCatalog().language(named: name)?.code == code)
  }
}
