import Console
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex
import Store

/// What one run of a command works with: its home, its clock, and what it opens on first use.
///
/// Environment and clock are read here, once; nothing below this type looks at either.
final class Program {
  let home: HomeDirectory
  let environment: [String: String]
  let clock: Clock
  /// Fixed for the whole command, so that every part of an answer agrees.
  let now: Instant
  let terminal: Terminal

  init(
    _ options: GlobalOptions, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    self.environment = environment
    home = HomeDirectory(option: options.home, environment: environment)
    do {
      clock = try Clock.system(environment: environment)
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    now = clock.now()
    terminal = Terminal(environment: environment)
    localZone = try LocalZone.zone(environment: environment)
  }

  // MARK: Understanding words

  private lazy var gazetteer = Result { try Gazetteer() }
  private lazy var taxonomy = Result { try TaxonomyCatalog() }
  private lazy var insurers = Result { try InsurerCatalog() }
  private lazy var specialties = Result { try SpecialtyCatalog() }
  private lazy var languages = Result { try LanguageCatalog() }
  private lazy var queryParser = Result {
    QueryParser(
      gazetteer: try gazetteer.get(), specialties: try specialties.get(),
      insurers: try insurers.get(), languages: try languages.get(),
      taxonomy: try taxonomy.get(), names: try NameCatalog())
  }

  func parser() throws -> QueryParser { try queryParser.get() }

  /// The narrowest concept that has all these codes and more, as `--specialty` takes it; nil when
  /// there is none.
  func broaderSpecialty(
    than codes: [TaxonomyCode]
  ) throws -> (id: String, codes: [TaxonomyCode])? {
    guard !codes.isEmpty else { return nil }
    let wider = try specialties.get().concepts.filter {
      $0.codes.count > codes.count && Set($0.codes).isSuperset(of: codes)
    }
    guard let concept = wider.min(by: { ($0.codes.count, $0.id) < ($1.codes.count, $1.id) })
    else { return nil }
    // A concept's name may be a phrase of another one, or none: what it asks for decides.
    let parser = try parser()
    for words in [concept.name, concept.id] {
      let asked: [TaxonomyCode]
      do throws(QueryError) {
        asked = try parser.specialties(matching: words).map(\.code)
      } catch {
        continue
      }
      if asked.count > codes.count, Set(asked).isSuperset(of: codes) { return (words, asked) }
    }
    return nil
  }

  func directoryNames() throws -> DirectoryNames {
    DirectoryNames(
      taxonomy: try taxonomy.get(), insurers: try insurers.get(), languages: try languages.get())
  }

  /// The zone of this terminal: TZ when it names one, else the operating system's, else UTC.
  let localZone: Zone

  func parseContext() throws -> ParseContext {
    ParseContext(now: now, home: try nearMe(), fallbackZone: localZone)
  }

  func parse(_ text: String) throws -> ParsedQuery {
    try parser().parse(text, context: try parseContext())
  }

  private lazy var homePlace = Result { try findHome() }

  /// What "near me" means: NEARCARE_NEAR, else the configuration; nil when neither says.
  func nearMe() throws -> ParsedPlace? { try homePlace.get() }

  private func findHome() throws -> ParsedPlace? {
    let configured = try Configuration(home: home).value(of: .near)
    guard let text = environment["NEARCARE_NEAR"].flatMap({ $0.isEmpty ? nil : $0 }) ?? configured
    else { return nil }
    do {
      return try parser().place(text)
    } catch {
      let source = environment["NEARCARE_NEAR"] == text ? "NEARCARE_NEAR" : "the setting \"near\""
      throw Failure(.configuration, "\(source): \(error)")
    }
  }

  // MARK: The store and the index

  private var store: Store?

  /// - Parameter createIfMissing: false for commands that only read: with no directory loaded there
  ///   is nothing for them.
  func openStore(createIfMissing: Bool = true) throws -> Store {
    if let store { return store }
    let opened = try Store.open(home, createIfMissing: createIfMissing, clock: clock)
    store = opened
    return opened
  }

  func openIndex() throws -> IndexSearcher {
    let opened = try IndexGenerations(root: home.indexPath).open()
    if let damage = opened.damage {
      let name = opened.searcher.generation.name
      writeNote("nearcare: \(damage); until then \(name), an older index, answers")
    }
    return opened.searcher
  }

  // MARK: The session of this terminal

  /// The file that holds this terminal's session token: NEARCARE_SESSION, else in the home.
  var sessionFile: SessionFile {
    let named = environment["NEARCARE_SESSION"].flatMap { $0.isEmpty ? nil : $0 }
    return SessionFile(path: named ?? home.sessionPath)
  }

  func sessionToken() throws -> SessionToken? { try sessionFile.read() }

  func sessionHash() throws -> [UInt8]? { try sessionToken()?.hash }

  func requireSession() throws -> SessionToken {
    guard let token = try sessionToken() else {
      throw Failure(
        .notPermitted,
        """
        nobody is signed in at this terminal. Register first: nearcare register --name "Ana Ruiz" \
        --birth-date 1990-04-12 --email ana@example.com --phone 212-555-0100; or, with a \
        passphrase, sign in: nearcare login ana@example.com
        """)
    }
    return token
  }
}
