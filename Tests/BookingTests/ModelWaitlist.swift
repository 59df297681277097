import Booking
import Scheduling
import Store

/// The model's waitlist.
extension ModelBookings {
  func closesAt(_ entry: Entry) -> Int64 {
    // The end of the last day, where it comes latest: the sites are five hours behind UTC.
    midnight - 5 * 3600 + Int64(entry.days.upperBound + 1) * Self.day + 12 * 3600
  }

  private func shown(_ number: Int) -> WaitlistEntry.State {
    let entry = entries[number]
    return entry.state == .waiting && closesAt(entry) <= now ? .over : entry.state
  }

  private func offer(to number: Int) -> Int? {
    entries[number].offers.first { claims[$0].state == .held }
  }

  mutating func join(_ entry: Entry, _ session: Int) -> Answer {
    if let old = entry.replaces {
      if claims[old].patient != patients[session]
        || [.held, .released, .expired].contains(
          claims[old].state)
      {
        return .refused(.unknownAppointment)
      }
      switch claims[old].state {
      case .booked: break
      case .cancelled: return .refused(.alreadyCancelled)
      case .rescheduled: return .refused(.alreadyRescheduled)
      default: return .refused(.notBooked)
      }
      if start(claims[old].slot) <= now { return .refused(.appointmentStarted) }
    }
    if closesAt(entry) <= now { return .refused(.datesOver) }
    let open = entries.indices.filter {
      entries[$0].patient == patients[session]
        && (entries[$0].state == .offered || shown($0) == .waiting)
    }
    if open.count >= limits.entriesPerPatient { return .refused(.tooManyEntries) }
    entries.append(entry)
    return .entry(entries.count - 1, .waiting)
  }

  mutating func list(_ session: Int) -> Answer {
    for number in entries.indices where entries[number].patient == patients[session] {
      expireOffer(to: number)
    }
    return .entries(
      entries.indices.filter { entries[$0].patient == patients[session] }.map(shown))
  }

  mutating func claimOffer(_ number: Int, _ session: Int) -> Answer {
    guard entries[number].patient == patients[session] else { return .refused(.unknownEntry) }
    let before = entries[number].state == .offered ? offer(to: number) : nil
    expireOffer(to: number)
    switch entries[number].state {
    case .claimed:
      return .claim(
        entries[number].offers.first {
          ![.held, .released, .expired].contains(claims[$0].state)
        }!)
    case .offered:
      let offer = offer(to: number)!
      guard offer == before else { return .refused(.offerExpired) }
      return place(claims[offer].slot, own: offer, key: nil, session)
    case .waiting: return .refused(before == nil ? .noOffer : .offerExpired)
    case .left, .over: return .refused(.entryOver)
    }
  }

  mutating func leave(_ number: Int, _ session: Int) -> Answer {
    guard entries[number].patient == patients[session] else { return .refused(.unknownEntry) }
    expireOffer(to: number)
    switch entries[number].state {
    case .claimed: return .refused(.entryOver)
    case .left, .over: break
    case .waiting, .offered:
      let offer = offer(to: number)
      entries[number].state = .left
      if let offer {
        claims[offer].state = .released
        self.offer(freed: [claims[offer].slot], by: claims[offer].patient)
      }
    }
    return .entry(number, entries[number].state)
  }

  mutating func work() -> Answer {
    for npi in Set(claims.map(\.slot.role.npi.number)).sorted() { expire(npi) }
    for number in entries.indices where shown(number) == .over { entries[number].state = .over }
    return .nothing
  }

  // MARK: What time and freed slots do

  private mutating func expireOffer(to number: Int) {
    guard entries[number].state == .offered, let offer = offer(to: number) else { return }
    expire(claims[offer].slot.role.npi.number)
  }

  mutating func expire(_ npi: Int64) {
    let over = claims.indices.filter {
      claims[$0].slot.role.npi.number == npi && claims[$0].state == .held && !isLive(claims[$0])
    }
    for number in over {
      claims[number].state = .expired
      lapse(number)
    }
    if !over.isEmpty { offer(freed: over.map { claims[$0].slot }) }
  }

  mutating func lapse(_ number: Int) {
    if let entry = claims[number].entry { entries[entry].state = .waiting }
  }

  /// Whoever ranks first is asked first, and takes the earliest slot of the practitioner's that has
  /// a part in the freed time.
  mutating func offer(freed: [SlotID], by giver: Int? = nil) {
    let ranked = entries.indices.sorted {
      (entries[$0].severity.rawValue, $0) < (entries[$1].severity.rawValue, $1)
    }
    for number in ranked where shown(number) == .waiting && entries[number].patient != giver {
      let entry = entries[number]
      if entries.contains(where: { $0.patient == entry.patient && $0.state == .offered }) {
        continue
      }
      for slot in grid
      where slot.role.npi == freed[0].role.npi && freed.contains(where: { overlap($0, slot) })
        && start(slot) >= now + Self.notice && !isTaken(slot) && wants(entry, slot)
      {
        claims.append(
          Claim(
            slot: slot, patient: entry.patient, session: -1, state: .held,
            expiresAt: now + limits.offerSeconds, createdAt: now, entry: number))
        entries[number].state = .offered
        entries[number].offers.append(claims.count - 1)
        break
      }
    }
  }

  private func wants(_ entry: Entry, _ slot: SlotID) -> Bool {
    let minutes = Int(start(slot) - midnight) / 60
    guard entry.roles.contains(slot.role.rawValue), entry.days.contains(minutes / 1440),
      minutes % 1440 >= entry.fromMinute,
      !entry.offers.contains(where: {
        claims[$0].slot.role == slot.role && claims[$0].slot.start == slot.start
      })
    else { return false }
    let old = visit(toReplaceFor: entry)
    if let old, start(slot) >= start(claims[old].slot) { return false }
    return !isBusy(entry.patient, slot, except: old)
  }

  /// The booked visit that an entry names, or the one that it was moved to since.
  func visit(toReplaceFor entry: Entry) -> Int? {
    var claim = entry.replaces
    while let moved = claim, claims[moved].state == .rescheduled {
      claim = claims[moved].replacedBy
    }
    return claim.flatMap { claims[$0].state == .booked ? $0 : nil }
  }
}
