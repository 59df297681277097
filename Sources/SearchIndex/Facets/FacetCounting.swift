import Geospatial

extension IndexSearcher {
  /// Counts, over every role that matches and is in the area, how many have each facet value.
  ///
  /// The counts are exact: a search that is `narrowed` to a value finds as many. `offset`, `limit`
  /// and `order` do not matter.
  ///
  /// - Parameters:
  ///   - radii: in metres, ascending; how many are within each of them of the origin.
  ///   - isOver: asked while the matches are walked; see `candidates`.
  public func facets(
    of query: CandidateQuery, radii: [Double], until isOver: (() -> Bool)? = nil
  ) throws(IndexError) -> Facets {
    let accepted = try documents(query, until: isOver)
    let counts = try facetCounts(of: accepted)
    var distances: [Facets.DistanceCount] = []
    if let origin = query.origin ?? query.area?.center {
      var near = accepted
      for radius in radii.reversed() {
        near = near.withUnsafeBufferPointer {
          AreaFilter.within(radius, of: origin, $0, places: places)
        }
        distances.append(Facets.DistanceCount(radiusMeters: radius, count: near.count))
      }
      distances.reverse()
    }
    return Facets(counted: accepted.count, counts: counts, distances: distances)
  }

  private func facetCounts(of documents: [UInt32]) throws(IndexError) -> [FacetCount] {
    let tallied = try xapian.tally(
      documents, slot: RoleDocument.facetSlot, ordinals: try facetEntryCount())
    var counts: [FacetCount] = []
    for (ordinal, count) in tallied.enumerated() where count > 0 {
      counts.append(FacetCount(entry: try facetEntry(ordinal), count: Int(count)))
    }
    let kinds = FacetValue.Kind.allCases
    return counts.sorted { a, b in
      let (left, right) = (a.entry.value, b.entry.value)
      return a.count != b.count
        ? a.count > b.count
        : (kinds.firstIndex(of: left.kind)!, left.code)
          < (kinds.firstIndex(of: right.kind)!, right.code)
    }
  }

  /// What each ordinal stands for.
  func facetEntries() throws(IndexError) -> [FacetEntry] {
    var entries: [FacetEntry] = []
    for ordinal in 0..<(try facetEntryCount()) { entries.append(try facetEntry(ordinal)) }
    return entries
  }

  private func facetEntryCount() throws(IndexError) -> Int {
    try xapian.count(noted: FacetDictionary.countKey)
  }

  private func facetEntry(_ ordinal: Int) throws(IndexError) -> FacetEntry {
    try xapian.note(FacetDictionary.key(ordinal)) { (bytes) throws(IndexError) in
      do {
        return try FacetDictionary.entry(bytes)
      } catch {
        throw .corrupt(path: generation.databasePath, detail: "facet \(ordinal): \(error)")
      }
    }
  }
}
