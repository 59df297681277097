import CivilTime
import ProviderDirectory

/// Words whose meaning is fixed by the language, not by the tables.
enum GrammarWords {
  /// Words that carry no wish of their own.
  static let fillers = words(
    """
    a about accept accepted accepting accepts across again all also am an and any anybody anyone
    anything anytime anywhere appointment appointments appt appts are area around as at away be
    because been book booking booked but by can cannot care center city clinic clinics consult
    consultation could coverage covered covering covers currently day days deal deals do doc docs
    doctor doctors does doing dont downtown dr drs either exam find finding for from get gets
    getting give go going good great has have having he health healthcare hello help helps her
    here hey hi him his hospital hospitals how i id if ill im in insurance insured into is issue
    issues it its ive just kind let like list located location locations look looking made make
    makes md me medical medicine meet meeting my myself need needed needing needs new nice no not
    of off office offices on one ones option options or our out over participating patient
    patients people person physician physicians plan plans please practice practitioner
    practitioners preferably prefer preferred problem problems professional provider providers
    really recommend recommended reliable same schedule scheduled search see seeing seek seeking
    seen set she should show some somebody someone something soon specialist specialists
    specialize specializes specializing speak speaker speaking speaks take taken takes taking
    thank thanks that the their them there they thing things this those to treat treating
    treatment treatments treats trying under up us use uses using via visit visits want wanted
    wanting wants was we well were what when where which while who whom whos whose will wish with
    within without work working works would year years yes you your network innetwork trusted
    experienced friendly board certified licensed qualified symptoms symptom condition conditions
    disease diseases disorder disorders checkup time times slot hours hour come comes near nearby
    region neighborhood town county zip code zipcode state address through until than more less
    most very too then carries carry know knows fluent fluently cost costs price later early
    sometime testing parent native language languages session sessions service services team group
    staff call called named name during come coming came live lives living move moved moving based
    reside think believe w friends happen anyway max maximum only ok okay offers offering offer
    provides provide medico medicos doctora doctores nothing neither nor busy
    """)

  /// Words that may start a place, so that a name after them is one.
  static let placePrepositions = words(
    "in near around at by from close nearest closest outside to of")

  static let credentials = words("md dds dmd dpm facs faap facog facp dnp ph")

  static let childWords = words(
    "pediatric paediatric peds kids kid childrens children child infant toddler "
      + "baby babies adolescent"
  )

  static let products: [String: String] = [
    "ppo": "PPO", "hmo": "HMO", "epo": "EPO", "pos": "POS", "hdhp": "HDHP", "hsa": "HSA",
    "ffs": "FFS", "snp": "SNP",
  ]

  static let numbers: [String: Int] = [
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "couple": 2, "few": 3, "fourteen": 14,
  ]

  /// Whoever treats, of no kind.
  static let doctors = words("doctor physician doc medico doctora")

  /// Phrases with one fixed meaning each.
  static let phrases: [(text: String, meaning: Meaning)] =
    visitTypes(
      .telehealth,
      """
      telehealth|telemedicine|video|video visit|video appointment|video call|video chat
      video consult
      video consultation|virtual|virtual visit|virtual appointment|virtual care|virtually|online
      online visit|online appointment|online consultation|televisit|tele visit|tele health
      tele medicine|remote|remotely|remote visit|remote care|by phone|phone visit|phone appointment
      over the phone|over video|by video|phone call|phone consultation|on zoom|zoom|via zoom
      over zoom
      e visit|evisit|care by telephone|telephone visit|by telephone|webcam|facetime
      tele
      teletherapy|telepsychiatry|video session|virtual session|online session|telephone appointment
      """)
    + visitTypes(
      .inPerson,
      """
      in person|inperson|in office|in office visit|in person visit|in person appointment
      office visit
      face to face|physical visit|on site|onsite|in clinic|in the office
      """)
    + fixed(
      .sort(.soonest),
      """
      soonest|earliest|asap|as soon as possible|first available|next available|soonest available
      earliest available|urgently|urgent|immediately|right away|quickest|quickly|next opening
      first opening|soonest appointment|earliest appointment|next appointment|fastest
      emergency visit
      next available appointment|first available appointment|right now|now|available now|open now
      soonest opening|earliest opening|shortest wait|as early as possible|soon as possible
      any time soon
      as soon as you can|at the earliest|first appointment|short notice|quick appointment
      """)
    + fixed(
      .sort(.distance),
      "nearest|closest|nearest to|closest to|by distance|sort by distance|"
        + "shortest distance|nearest by"
    )
    + fixed(
      .sort(.best),
      """
      best|top|top rated|highest rated|best rated|most relevant|best match|best reviewed|top doctor
      highly rated|highly recommended|leading|number one|well reviewed|well rated
      """)
    + fixed(
      .availability,
      """
      available|availability|opening|openings|open slot|open slots|open appointment|has openings
      has availability|availabilities|open|free|can see me|able to see me|available appointment
      with openings|with availability|available slot|with open slots|walk ins welcome|vacancy
      """)
    + fixed(
      .newPatients,
      """
      new patient|new patients|accepting new patients|accepts new patients|taking new patients
      takes new patients|accept new patients|take new patients|open to new patients
      seeing new patients|welcomes new patients|taking patients|accepting patients|new patient visit
      """)
    + fixed(
      .gender(.female),
      "female|females|woman|women|lady|female doctor|woman doctor|lady doctor|"
        + "female physician|female dr"
    )
    + fixed(
      .gender(.male),
      "male|males|man|men|gentleman|male doctor|man doctor|male physician|male dr|guy|dude")
    + fixed(
      .patient(isChild: true),
      """
      for my kid|for my child|for my children|for my son|for my daughter|for my baby|for my toddler
      for my infant|for my newborn|for my teen|for my teenager|for a child|for children|for kids
      for a kid|for a baby|for a toddler|for babies|for our son|for our daughter|for our kid
      for our child|for our baby|for my little one|for my boy|for my girl|for teens|for teenagers
      for toddlers|for a newborn|for a teenager|for my grandson|for my granddaughter
      for my grandchild
      for a teen|my kid|my child|my son|my daughter|my baby|my toddler|my infant|my newborn
      my teenager
      for our children|for the kids|kids|kid|child|children|infant|toddler|newborn|baby|teen
      teenager
      for my kids|for infants|my kids|my children|for my stepson|for my stepdaughter|for my nephew
      for my niece|for son|for daughter|for kid|for child|my little one|our kids|our son
      our daughter
      """)
    + fixed(
      .patient(isChild: false),
      """
      for my wife|for my husband|for my mom|for my mother|for my dad|for my father|for my parents
      for my grandmother|for my grandfather|for my grandma|for my grandpa|for my partner
      for my spouse
      for my girlfriend|for my boyfriend|for myself|for me|for my sister|for my brother
      for my family
      for women|for men|for adults|for an adult|for seniors|for a woman|for a man|for elderly
      for my elderly mother|for my elderly father|my wife|my husband|my mom|my mother|my dad
      my father
      my grandmother|my grandfather|my partner|my family|for us|for my aunt|for my uncle
      for my friend
      for my parent|adult|adults|for couples|for females|for males|my parents|for my fiance
      for my grandparents|for ladies|for the elderly|for the family|for families
      """)
    + fixed(
      .place(ParsedPlace(kind: .me, label: "near you")),
      """
      near me|nearby|close to me|around me|around here|near here|by me|close by|near by|my area
      in my area|in the area|near my location|near home|from home|my neighborhood|in my neighborhood
      local|locally|near my house|my location|current location|near my home|in my city|in my town
      my town|from me|of me|to me|of my location|of my house|from here|from my house|of here|of home
      of my home|from my home|close to home|near my place|in this area|near where i live|my city
      near my current location|near us|close to my house|close to my home|nearby me|in our area
      nearme
      """)
    + fixed(
      .grammar,
      """
      no insurance|without insurance|uninsured|self pay|cash pay|paying cash|out of pocket
      cash price
      i do not have insurance|dont have insurance|in network|out of network|in network with
      looking for
      thank you|as well as|such as|i need a|who takes|that takes|does not matter|any time|any day
      book online|online booking|self paying|private pay|no preference|a good|near to|not far
      not too far|no rush|no hurry|doesnt matter|dont care|dont mind|no matter|not picky|not sure
      no appointment needed|not a problem|no problem
      """)

  /// The phrases above, each numbered by its place in `phrases`.
  static let table: PhraseTable = {
    var table = PhraseTable(expecting: phrases.count)
    for (index, phrase) in phrases.enumerated() { table.insert(phrase.text, value: UInt32(index)) }
    return table
  }()

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static func visitTypes(
    _ type: VisitType, _ text: String
  ) -> [(text: String, meaning: Meaning)] {
    fixed(.visitType(type), text)
  }

  private static func fixed(
    _ meaning: Meaning, _ text: String
  ) -> [(text: String, meaning: Meaning)] {
    text.split(whereSeparator: { $0 == "|" || $0 == "\n" }).map {
      (text: String($0), meaning: meaning)
    }
  }
}
