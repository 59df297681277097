import Discovery
import ProviderDirectory
import Testing

@Suite struct SpecialtyFitTests {
  static let codes = ["207RC0000X", "207RI0011X", "207R00000X"].map { TaxonomyCode($0)! }

  @Test(arguments: [
    ([0, 1], [0], 0, 0), ([0, 1], [2, 1], 1, 1), ([0, 1], [1, 0], 1, 0), ([1, 0], [1, 0], 0, 0),
    ([0, 1], [2, 1, 0], 0, 2),
  ])
  func takesThePrimaryElseTheMostExact(
    asked: [Int], listed: [Int], askedIndex: Int, listedIndex: Int
  ) throws {
    let fit = try #require(
      SpecialtyFit(asked: asked.map { Self.codes[$0] }, listed: listed.map { Self.codes[$0] }))
    #expect(fit.code == Self.codes[asked[askedIndex]])
    #expect((fit.askedIndex, fit.listedIndex) == (askedIndex, listedIndex))
  }

  @Test func nothingInCommonIsNoFit() {
    #expect(SpecialtyFit(asked: [Self.codes[0]], listed: [Self.codes[1]]) == nil)
    #expect(SpecialtyFit(asked: [], listed: Self.codes) == nil)
  }
}
