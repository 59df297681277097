import CivilTime
public import ProviderDirectory

/// Reads a patient's line of words.
///
/// It is lenient: words that mean nothing to it are reported, never refused. Only a line longer
/// than `lengthLimit` is.
public struct QueryParser: Sendable {
  /// In bytes of UTF-8.
  public static let lengthLimit = 4096

  let gazetteer: Gazetteer
  let specialties: SpecialtyCatalog
  let insurers: InsurerCatalog
  let languages: LanguageCatalog
  let taxonomy: TaxonomyCatalog
  let names: NameCatalog
  let vocabulary = Vocabulary()

  public init(
    gazetteer: Gazetteer, specialties: SpecialtyCatalog, insurers: InsurerCatalog,
    languages: LanguageCatalog, taxonomy: TaxonomyCatalog, names: NameCatalog
  ) {
    self.gazetteer = gazetteer
    self.specialties = specialties
    self.insurers = insurers
    self.languages = languages
    self.taxonomy = taxonomy
    self.names = names
  }

  public func parse(
    _ text: String, context: ParseContext
  ) throws(QueryError) -> ParsedQuery {
    let size = text.utf8.count
    guard size <= Self.lengthLimit else {
      throw .tooLong(bytes: size, limit: Self.lengthLimit)
    }
    var tokens = QueryToken.tokens(of: text)
    var corrections: [Int: String] = [:]
    var today = self.today(context, place: nil)
    let lookups = PlaceLookups(gazetteer)
    var readings = self.readings(of: tokens, today: today, lookups)
    correctSpelling(
      of: &tokens, readings: readings, lookups: lookups, corrections: &corrections)
    reread(Array(corrections.keys), of: tokens, today: today, lookups, in: &readings)
    nameReader(tokens).addBare(to: &readings)
    var chosen = readings.heaviest()
    // What day it is depends on the place, where there is no home to say so.
    if context.home?.zoneName == nil, let place = self.place(in: chosen) {
      let there = self.today(context, place: place)
      if there != today {
        today = there
        readings = self.readings(of: tokens, today: today, lookups)
        nameReader(tokens).addBare(to: &readings)
        chosen = readings.heaviest()
      }
    }
    var assembly = QueryAssembly(text: text, tokens: tokens, parser: self, context: context)
    return assembly.assemble(chosen, corrections: corrections)
  }

  func readings(
    of tokens: [QueryToken], today: CivilDate, _ lookups: PlaceLookups
  ) -> Readings {
    var readings = Readings(tokenCount: tokens.count)
    read(tokens, startingIn: tokens.indices, today: today, lookups, into: &readings)
    readDependent(tokens, today: today, into: &readings)
    return readings
  }

  /// Brings the readings up to date with words that have changed. Only what starts shortly before
  /// or after such a word can have changed with it; names and negations, which depend on all that
  /// surrounds them, are looked for anew.
  func reread(
    _ changed: [Int], of tokens: [QueryToken], today: CivilDate, _ lookups: PlaceLookups,
    in readings: inout Readings
  ) {
    guard !changed.isEmpty else { return }
    readings.removeDependent()
    for starts in Readings.starts(around: changed, tokenCount: tokens.count) {
      readings.remove(startingIn: starts)
      read(tokens, startingIn: starts, today: today, lookups, into: &readings)
    }
    readDependent(tokens, today: today, into: &readings)
  }

  /// Names and negations, which are found by what else is read.
  private func readDependent(
    _ tokens: [QueryToken], today: CivilDate, into readings: inout Readings
  ) {
    nameReader(tokens).add(to: &readings)
    NegationReader(tokens: tokens, calendar: CivilCalendar(today: today)).add(to: &readings)
  }

  /// All but the names and negations.
  private func read(
    _ tokens: [QueryToken], startingIn starts: Range<Int>, today: CivilDate,
    _ lookups: PlaceLookups, into readings: inout Readings
  ) {
    let calendar = CivilCalendar(today: today)
    PlaceReader(lookups: lookups, tokens: tokens).add(startingIn: starts, to: &readings)
    DateReader(tokens: tokens, calendar: calendar).add(startingIn: starts, to: &readings)
    TimeReader(tokens: tokens, calendar: calendar).add(startingIn: starts, to: &readings)
    PlanReader(tokens: tokens).add(startingIn: starts, to: &readings)
    terms(of: tokens).add(startingIn: starts, to: &readings)
  }

  private func nameReader(_ tokens: [QueryToken]) -> NameReader {
    NameReader(names: names, insurers: insurers, tokens: tokens)
  }

  func terms(of tokens: [QueryToken]) -> TermReader {
    TermReader(specialties: specialties, insurers: insurers, languages: languages, tokens: tokens)
  }

  /// The day at home, else at the place, else in the fallback zone.
  func today(_ context: ParseContext, place: ParsedPlace?) -> CivilDate {
    for name in [context.home?.zoneName, place?.zoneName] {
      guard let name else { continue }
      do {
        return try Zone(name).local(at: context.now).date
      } catch {
        // A zone that this machine's tzdata lacks: the next best knowledge of the day is as good.
        continue
      }
    }
    return context.fallbackZone.local(at: context.now).date
  }

  private func place(in readings: [Reading]) -> ParsedPlace? {
    for reading in readings {
      if case .place(let place) = reading.meaning { return place }
    }
    return nil
  }
}
