public import CivilTime
public import Store

extension MessagingSettings {
  /// The channels that are set up; mails become files where there is no mail server.
  ///
  /// - Parameters:
  ///   - maildir: where, then.
  ///   - clock: by which what is signed is dated.
  public func channels(maildir: String, clock: Clock) -> [MessageMedium: any MessageChannel] {
    var channels: [MessageMedium: any MessageChannel] = [:]
    if let smtp {
      channels[.email] = SMTPChannel(smtp, from: from)
    } else {
      channels[.email] = Maildir(path: maildir)
    }
    if let sms { channels[.sms] = SMSChannel(sms) }
    if let push {
      channels[.push] = PushChannel(push)
    } else if let webhook {
      channels[.push] = WebhookChannel(webhook, clock: clock)
    }
    return channels
  }
}
