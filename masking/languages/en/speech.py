"""The small words of spoken English: what they join, what they end."""

from __future__ import annotations

from masking.languages.table import Dates, Mail, Passwords, Spelling, phrases, words

FILLERS = words(
    "second set block next last final finally lastly bit "
    "um umm uh uhm er erm ah eh hm hmm mm and then okay ok so like dash hyphen space slash dot "
    "point comma wait sorry no actually correction i mean well yeah yes let me see again "
    "that's thats pause hang scratch hold group first third fourth huh "
    "let's mistake excuse yep mmhmm mhm"
)

ENDS = words("ending ends end finishing finishes starts starting begins beginning")

REPAIRS = words(
    "no nope nah oops whoops sorry wait actually mean correction rather scratch wrong mistake "
    "misread strike ignore hang undo instead supposed not isn't wasn't should"
)

BRIDGES = FILLERS | words(
    "on that you know by check followed made rather right got it go ahead oops whoops what's bear "
    "with me one sec let me look"
)

NEUTRAL = FILLERS | words(
    "got it go ahead next right thank thanks you continue please rest last the a numbers "
    "number digits digit keep going i'm listening far sure great perfect huh mhm yep yup "
    "alright all good ready it's its is are they're carry on first group followed by final "
    "middle remaining ones with you whenever you're take your time cool uhhuh excellent fine "
    "grand lovely super brilliant wonderful cheers nice sound say more keep "
    "understood noted more what's what comes after and of that's set block "
    "still here after sec i've have gotcha yup lovely wonderful awesome other part half"
)

MOMENTS = words("moment second sec minute min")

FIGURES = words("digit digits numbers characters letters figures")

PARTS = words("first next last final middle other remaining following initial")

UNITS = words(
    "dollar dollars bucks cents pounds quid pence euro euros percent day days week weeks "
    "month months year years hour hours minute minutes seconds people times miles "
    "am pm o'clock oclock grams mg ml milligrams items points st nd rd th street avenue "
    "road drive lane feet foot inches inch pounds lbs kilos kg kilometers km meters degrees "
    "guests nights adults kids children tickets units boxes pieces copies megabytes gigabytes gb "
    "mb mbps watts kilowatts gallons liters litres ounces oz square p'clock business working "
    "calories bedrooms bedroom bathrooms beds stars percent% packs bottles tablets pills capsules "
    "milligram micrograms million billion thousandths grand bps shares"
)

STOPS = words(
    "a about after all also am an and any are as ask at be because been before but by call "
    "calling can can't come could did do does doing don't email for from get go going got had "
    "has have he help her here hers hi hello him his how i i'd i'll i'm i've if in into is isn't "
    "it it's its just know let like make me mine more my need needs no not now of off oh ok okay "
    "on one only or our out over phone please put right said say see she should so some sorry "
    "speak speaking spell spelled spelt still sure talk than thank thanks that that's the their "
    "them then there they they're this those to too trying um uh unless until up us use very "
    "want wants was wasn't we we're well were what what's when where which who why will with "
    "would wouldn't yeah yep yes yet you you'd you'll you're your yours again alright anything "
    "correct great good fine perfect today tomorrow number address account card date birth "
    "name first last middle full surname spelling really actually maybe think looking wondering "
    "having currently already always never sir ma'am madam moment second minute sec gonna wanna "
    "hope able happy glad afraid interested new customer member calls called issue problem "
    "question order confirm verify update change check cancel pay payment bill billing which's "
    "however though since while during without within under order's there's here's who's let's "
    "he's she's we've they've you've didn't doesn't won't couldn't haven't hasn't shouldn't "
    "policy holder cardholder reservation booking file appears exactly lowercase uppercase "
    "capital zip code social security pin password passcode ssn dob mobile cell telephone "
    "hold hang wait bear remind tell give gave told something everything nothing someone "
    "anyone everyone nobody somebody it'd that'd done ready set uh-huh mm hmm er ah eh mhm "
    "cool awesome nope nah lovely super wonderful excellent terrific brilliant fantastic bye "
    "goodbye nice gotcha sec yup understood exactly certainly definitely course welcome "
    "unfortunately basically nothing hmm wow oops ugh loud busy quick real pretty kind bit lot "
    "aren't weren't hadn't mustn't needn't we'd they'd he'd she'd they'll he'll she'll it'll "
    "that'll that's who'd how's when's why's y'all works work open sounds looks closes "
    "take click press "
    "might may must shall ought each every both either neither same such other another much many"
)

COPULAS = words(
    "is it's its are was be would will should as that's thats equals i'm it the um uh er so like"
    " well okay yes yeah sure my just to please oh that ah"
)

LEADS = words(
    "again said heard confirm right back it's its that's thats um uh erm er hmm okay ok yes yeah "
    "yep sure so says reads well ah oh and "
    "then like fine right alright starts begins with goes here's number's number hello hi correct "
    "down mm actually thanks please absolutely certainly course no sorry wait gotcha great perfect "
    "try probably perhaps possibly likely maybe me myself ready code it'd thatd mine done"
)

LINKS = words("is was be would will are on it have here")

PREPOSITIONS = words(
    "at in on by since from of about around until till to the a an only just than over under "
    "between another every was were nearly almost with under past after before within per"
)

LINKED = words(
    "it that this number mine one would should will here card code pin social account digits "
    "rest numbers name date birthday birth email address password id which could glasses find "
    "got found see grab i i've got we card"
)

DENIALS = words(
    "not wrong incorrect expired working invalid required case too still being reset locked "
    "saved never for no isn't doesn't didn't wasn't and or manager managers protected protection "
    "policy policies reset recovery link email page field screen has have had was were does do "
    "works worked work won't when on in at from with but because if hint prompt can could change "
    "changed changes strength needs need must should requirements length again anymore rotation "
    "correct right fine sent temporary stored about there here strong weak long short safe secure "
    "sensitive blank empty missing rejected accepted now before after twice once only please so "
    "either though really very extremely quite usually always a"
)

DATES = Dates(
    months=words(
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec"
    ),
    ordinals=words(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
        "thirtieth st nd rd th"
    ),
    joints=words("of the"),
    openers=words("the"),
    before_years=words("since in"),
    times=phrases("a m, p m, in the morning, in the evening, in the afternoon, at night"),
)

SPELLING = Spelling(
    letters={
        **{word: word[0] for word in words(
            "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima "
            "mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky "
            "yankee zulu zed zee"
        )},
        "xray": "x", "x-ray": "x", "ex": "x", "bee": "b", "cee": "c", "dee": "d", "gee": "g",
        "jay": "j", "kay": "k", "el": "l", "em": "m", "en": "n", "pee": "p", "cue": "q", "ar": "r",
        "ess": "s", "tee": "t", "vee": "v", "wye": "y", "aitch": "h", "eff": "f", "dubya": "w",
    },
    joints=words("dash hyphen capital upper lower case letter letters uppercase lowercase slash "
                 "underscore dot space number digit stroke"),
    as_in=phrases("as in, for, like, is for, as, in"),
    doubtful=words("a i"),
)  # fmt: skip

MAIL = Mail(
    at=words("at"),
    dots=words("dot period point"),
    joints=words("dot period point underscore dash hyphen plus minus score"),
    asides=words("all one word lowercase lower case capital uppercase no spaces together letters "
                 "letter the number numbers um uh er so like then and that's with as in"),
    stops=words(
        "is it's its to address email mail e my your that's thats at be would you me sure yes yeah "
        "okay ok for reach on contact as use an under his her our their was are of from by please "
        "send him them us it i'm i'll can could should hello hi so just try best uh um"
    ),
    providers=words(
        "gmail googlemail yahoo hotmail outlook icloud aol proton protonmail live msn comcast "
        "verizon fastmail gmx web ymail me mac att sbcglobal bellsouth zoho yandex posteo "
        "btinternet sky virgin"
    ),
    back=words("no sorry wait actually mean correction rather scratch not"),
)  # fmt: skip

PASSWORDS = Passwords(
    signs=words(
        "exclamation dollar sign hash hashtag asterisk star underscore ampersand percent symbol"
        " capital uppercase bang caps"
    ),
    at_signs=words("sign symbol"),
    where=words("on for with to there at of i we you that"),
    owners=words("my the our as"),
    owned=words("is was as be"),
    refusals=words("don't can't won't rather why forgot forget not aren't shouldn't"),
    links=words("is was"),
    asks=words("what what's could can do please tell confirm verify give say need have"),
    its=words("it's its is that's try"),
    inside=words("all one number"),
)
