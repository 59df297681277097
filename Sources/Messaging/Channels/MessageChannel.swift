/// A way to get a message to somebody. It blocks until the other side has answered or its own time
/// limit has passed.
public protocol MessageChannel: Sendable {
  /// As attempts are recorded: `maildir`, `smtp`.
  var name: String { get }
  func send(_ message: OutgoingMessage) -> ChannelAnswer
}

/// What came of a try. The words are shown and stored in the open: they hold no address, no text of
/// the message and no secret, so none of the other side's words but its codes.
public enum ChannelAnswer: Hashable, Sendable {
  /// The other side has it, and calls it `id`.
  case delivered(id: String)
  /// It will never take this message.
  case refused(String)
  /// It may later, and has said when where `retryAfterSeconds` is not nil.
  case failed(String, retryAfterSeconds: Int64? = nil)
}
