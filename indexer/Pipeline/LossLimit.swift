import ArgumentParser
import Console
import SearchIndex

/// How much of what serves a new generation may lose.
struct LossLimit: ExpressibleByArgument, CustomStringConvertible {
  let percent: Double
  /// In a smaller directory a share says little, and somebody tries things out.
  private let leastRoles: Int

  /// Where nobody has asked for a limit.
  static let usual = LossLimit(percent: 2, leastRoles: 1000)

  private init(percent: Double, leastRoles: Int) {
    self.percent = percent
    self.leastRoles = leastRoles
  }

  /// A number of per cent, with or without the sign.
  init?(argument: String) {
    let number = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
    guard let percent = Double(number), (0...100).contains(percent) else { return nil }
    self.init(percent: percent, leastRoles: 0)
  }

  var description: String {
    percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
  }

  var defaultValueDescription: String { description }

  /// - Throws: `SwitchRefusal` when more is lost.
  func judge(_ changes: GenerationChanges, report: String) throws(SwitchRefusal) {
    guard changes.roles.before >= leastRoles else { return }
    let losses = changes.losses(beyond: percent / 100)
    guard let worst = losses.first else { return }
    func percentLost(_ loss: GenerationChanges.Loss) -> Double {
      Double(loss.lost) / Double(loss.before) * 100
    }
    let share = (percentLost(worst) * 10).rounded() / 10
    let needed = Int((losses.map(percentLost).max() ?? 100).rounded(.up))
    let others = losses.count > 1 ? ", and \(losses.count - 1) states or specialties too" : ""
    throw SwitchRefusal(
      message: "\(worst.what) would lose \(worst.lost) of \(worst.before) roles (\(share) %)"
        + "\(others); the limit is \(self). \(changes.from ?? "The index") serves on."
        + " See \(report): if the loss is real, run again with --max-loss \(needed)%")
  }
}

/// The new generation is sound and is not served.
struct SwitchRefusal: Error {
  let message: String
}
