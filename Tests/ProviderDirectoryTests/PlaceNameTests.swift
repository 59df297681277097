import ProviderDirectory
import TestSupport
import Testing

@Suite struct PlaceNameTests {
  @Test(arguments: [
    ("San Francisco", "san francisco"), ("  SAN   FRANCISCO ", "san francisco"),
    ("St. Louis", "st louis"), ("Saint Louis", "st louis"), ("SAINT-LOUIS", "st louis"),
    ("Sainte Genevieve", "ste genevieve"), ("Fort Worth", "ft worth"), ("Ft. Worth", "ft worth"),
    ("Mount Vernon", "mt vernon"), ("Mt Vernon", "mt vernon"), ("O'Fallon", "ofallon"),
    ("O’Fallon", "ofallon"), ("Coeur d'Alene", "coeur dalene"),
    ("Washington, D.C.", "washington dc"),
    ("D.C.", "dc"), ("L.A.", "la"), ("N.Y.C.", "nyc"), ("Mayagüez", "mayaguez"),
    ("Cañon City", "canon city"), ("Ka‘a‘awa", "kaaawa"), ("Wai\u{02BB}alae", "waialae"),
    ("Winston-Salem", "winston salem"), ("N Hollywood", "north hollywood"),
    ("S. San Francisco", "south san francisco"), ("W Palm Bch", "west palm beach"),
    ("Colorado Spgs", "colorado springs"), ("Arlington Hts.", "arlington heights"),
    ("Pt Pleasant", "point pleasant"), ("Twp", "twp"), ("N", "n"), ("", ""), (" ,.- ", ""),
    ("東京", ""), ("Malmö", "malmo"), ("e\u{301}poque", "epoque"), ("King & Queen", "king and queen"),
    ("29 Palms", "29 palms"), ("7 8 9", "7 8 9"),
  ])
  func normalizes(text: String, to expected: String) {
    #expect(Gazetteer.normalize(text) == expected)
    #expect(Gazetteer.normalize(expected) == expected)
  }

  /// Words that the rules act on, in every order, with everything that may stand between them.
  @Test(arguments: 1...40)
  func isIdempotent(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let words = [
      "saint", "St", "N", "s", "no", "Pt", "hts", "&", "O'", "é", "d", "c", "7", "mount", "Spgs",
      "ſ",
    ]
    let gaps = [" ", ". ", ".", "-", "", ", ", "\u{A0}", "/"]
    for _ in 0..<50 {
      let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        words.randomElement(using: &random)! + gaps.randomElement(using: &random)!
      }.joined()
      let once = Gazetteer.normalize(text)
      #expect(Gazetteer.normalize(once) == once, "seed \(seed): \(text)")
      #expect(
        once.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x20
        },
        "seed \(seed): \(text)")
    }
  }

  /// The tables' keys are made by another program with rules of its own writing; the two must
  /// agree, or places could not be found under the names that they show.
  @Test func everyPlaceIsFoundUnderItsOwnName() throws {
    let gazetteer = try Gazetteer()
    let places = gazetteer.allCities.filter { $0.kind != .alias }
    #expect(places.count == 39_191)
    // One in three, and all whose names are more than plain words.
    let chosen = places.enumerated().filter { index, place in
      index % 3 == 0 || place.city.utf8.contains { $0 >= 0x80 || $0 == 0x27 || $0 == 0x2E }
    }
    let lost = chosen.map(\.element).filter { !gazetteer.cities(named: $0.city).contains($0) }
    #expect(lost.map(\.city) == [])
  }
}
