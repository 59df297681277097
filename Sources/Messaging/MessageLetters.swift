import CivilTime
import Privacy
import ProviderDirectory
import Store

/// A message that a worker has composed and not yet sent.
struct Letter {
  let job: MessageJob
  let message: OutgoingMessage
  /// What was tried before, oldest first.
  let attempts: [MessageAttempt]
  let routing: MessageRouting
  /// Of the patient's preferences by which it was composed.
  let preferenceVersion: Int
  /// The visits that it tells of beside its own.
  let others: [ClaimID]
}

enum Composition {
  case send(Letter)
  case wait(until: Instant)
  case end(MessageState, String)
}

/// What a leased message needs before it can be sent.
extension MessageWorker {
  /// A row that cannot be read costs its own message and nobody else's.
  func compose(_ job: MessageJob, _ transaction: WriteTransaction) throws -> Composition {
    guard transaction.now < job.expiresAt else { return .end(.givenUp, "its time had passed") }
    guard let claim = try transaction.claim(job.claim), claim.state == job.kind.claimState,
      !claim.hasExpired(at: transaction.now)
    else { return .end(.cancelled, "the visit had changed") }
    func fault(_ detail: String) -> Composition {
      .end(.givenUp, "cannot be composed: \(detail)")
    }
    do {
      return try compose(job, about: claim, transaction)
    } catch let error as SealingError {
      return fault("\(error)")
    } catch let error as ContactError {
      return fault("\(error)")
    } catch let error as ZoneError {
      return fault("\(error)")
    } catch StoreError.unreadableRow(_, let table, let row, _) {
      return fault("row \(row) of \(table) is unreadable")
    }
  }

  private func compose(
    _ job: MessageJob, about claim: Claim, _ transaction: WriteTransaction
  ) throws -> Composition {
    let preferences: MessagePreferences
    let addressee: Addressee
    switch job.recipient {
    case .patient:
      guard let patient = try transaction.patient(claim.patient, by: .system, vault: vault) else {
        return .end(.givenUp, "the patient is not on file")
      }
      preferences = try transaction.messagePreferences(of: claim.patient, vault: vault)
      addressee = Addressee(patient, device: preferences.device)
    case .practitioner:
      let npi = claim.slot.role.npi
      guard let notice = try transaction.practitionerNotice(of: npi, vault: vault) else {
        return .end(.givenUp, "the practitioner wants no messages")
      }
      preferences = .usual
      addressee = Addressee(notice)
    }
    let routing = MessageRouting(
      wanted: preferences.media,
      channels: channels.filter { addressee.address(for: $0.key) != nil }.mapValues(\.name),
      quietHours: preferences.quietHours,
      zone: try Zone(preferences.timeZone ?? claim.timeZone), expiresAt: job.expiresAt,
      limits: limits)
    let attempts = try transaction.attempts(of: job)
    switch routing.step(after: attempts, at: transaction.now) {
    case .wait(let end): return .wait(until: end)
    case .giveUp(let why): return .end(.givenUp, why)
    case .send(let medium):
      let visit = try facts(claim, job, transaction)
      let message = try composer.message(
        job, by: medium, to: addressee, about: visit, in: preferences.language,
        now: transaction.now)
      return .send(
        Letter(
          job: job, message: message, attempts: attempts, routing: routing,
          preferenceVersion: try transaction.preferenceVersion(of: job.patient),
          others: visit.series.map(\.id)))
    }
  }

  private func facts(
    _ claim: Claim, _ job: MessageJob, _ transaction: WriteTransaction
  ) throws -> VisitFacts {
    var (first, moves) = (claim, 0)
    while let earlier = try first.replaces.flatMap(transaction.claim) {
      (first, moves) = (earlier, moves + 1)
    }
    let series =
      job.kind == .confirmation ? try claim.series.map(transaction.series) ?? [] : []
    return VisitFacts(
      claim: claim, role: try transaction.roleInBrief(claim.slot.role), first: first.id,
      moves: moves,
      series: series.filter { $0.state == .booked && transaction.now < $0.slot.start })
  }
}
