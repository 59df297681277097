/// Made-up names. Surnames are composed from syllables into names that hardly anybody bears; some
/// carry the accents, apostrophes, hyphens and blanks that real ones do.
struct SampleNames {
  private let surnames: [String]

  init() {
    let openings = [
      "Quill", "Thistle", "Bramble", "Marrow", "Ember", "Larks", "Wren", "Copper", "Gable",
      "Hollow", "Juniper", "Kestrel", "Lumen", "Meadow", "Nettle", "Otter", "Pebble", "Rook",
      "Saffron", "Tinder", "Umber", "Velvet", "Willow", "Yarrow", "Zephyr", "Fennel", "Damson",
      "Cinder", "Birch", "Alder", "Sorrel", "Plover", "Hazel", "Flint", "Drift", "Clover",
    ]
    let endings = [
      "mere", "wick", "ford", "stone", "field", "brook", "by", "thorpe", "well", "croft", "den",
      "gate", "holm", "lake", "march", "nook", "quist", "ridge", "shaw", "ton", "vale", "worth",
      "sen", "ski", "ova", "etti", "aro", "iez",
    ]
    var names = openings.flatMap { opening in endings.map { opening + $0 } }
    names += [
      "O'Quillane", "O'Thistlin", "D'Emberly", "N'Kestrou", "Nuñaverra", "Ibáñezquil",
      "Peñabramble", "Müllerwick", "Grünholm", "Søndervale", "Łukowren", "Çinderoğlu",
      "Françoisel", "Hernándezova", "Muñozfield", "St. Brambleton", "de la Yarrow", "van der Otter",
      "Thistle-Marrow", "Wren-Copper", "Ember-Nuñaverra", "Al-Zephyr", "Nguyễnmere", "Dvořákby",
    ]
    surnames = names
  }

  func surname(_ generator: inout SplitMix64) -> String { generator.pick(surnames) }

  func given(_ gender: String, _ generator: inout SplitMix64) -> String {
    generator.pick(gender == "F" ? Self.women : Self.men)
  }

  func organization(_ place: String, _ kind: String, _ generator: inout SplitMix64) -> String {
    "\(generator.pick(surnames)) \(place) \(kind)"
  }

  private static let women = [
    "Ada", "Beatriz", "Carmen", "Dalia", "Elena", "Fatima", "Grace", "Hana", "Ines", "Jade",
    "Keiko", "Leila", "Mei", "Nadia", "Olga", "Priya", "Renée", "Sofía", "Thuy", "Uma", "Vera",
    "Wanda", "Ximena", "Yara", "Zoë", "Chloé", "María José", "Anna-Lena",
  ]
  private static let men = [
    "Adam", "Bruno", "Carlos", "Dmitri", "Emeka", "Farid", "George", "Hiro", "Ivan", "José",
    "Karl", "Liam", "Mateo", "Nikhil", "Omar", "Pavel", "Quentin", "René", "Samuel", "Tomás",
    "Ulf", "Viktor", "Walter", "Xavier", "Yusuf", "Zoran", "Jean-Luc", "D'Andre",
  ]

  /// Streets that could stand in any town.
  func street(_ generator: inout SplitMix64) -> String {
    let number = 100 + generator.below(9800)
    return "\(number) \(generator.pick(Self.streets)) \(generator.pick(Self.kinds))"
  }

  private static let streets = [
    "Sample", "Example", "Specimen", "Fictional", "Placeholder", "Imaginary", "Invented",
    "Pretend", "Mock", "Demo", "Fable", "Legend", "Story", "Novel", "Chapter", "Verse",
  ]
  private static let kinds = ["St", "Ave", "Blvd", "Rd", "Ln", "Way", "Plaza", "Pkwy", "Ct", "Dr"]
}
