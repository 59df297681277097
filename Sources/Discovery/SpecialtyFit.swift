public import ProviderDirectory

/// How closely a practitioner's specialties are the one asked for.
public struct SpecialtyFit: Hashable, Sendable {
  /// The code that both have: the practitioner's primary one, else the one asked for most exactly.
  public let code: TaxonomyCode
  /// Its place in the request, from 0, where the most exact comes first.
  public let askedIndex: Int
  /// Its place among the practitioner's own, from 0, where the primary comes first.
  public let listedIndex: Int

  /// Nil when they have none in common.
  public init?(asked: [TaxonomyCode], listed: [TaxonomyCode]) {
    if let primary = listed.first, let askedIndex = asked.firstIndex(of: primary) {
      (self.code, self.askedIndex, listedIndex) = (primary, askedIndex, 0)
      return
    }
    for (askedIndex, code) in asked.enumerated() {
      guard let listedIndex = listed.firstIndex(of: code) else { continue }
      (self.code, self.askedIndex, self.listedIndex) = (code, askedIndex, listedIndex)
      return
    }
    return nil
  }
}
