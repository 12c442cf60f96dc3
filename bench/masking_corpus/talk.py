"""What is said around the matter: greetings, small talk, answers in general, closings.

Nothing here is anybody's datum. Slots in lower case are decoys of `negatives`.
"""

ANSWERS = """{X}|{X}.|It's {X}.|Sure, it's {X}.|Yeah, um, {X}.|Okay, it is {X}.|That would be {X}.
{X}, I think.
One second. Okay, {X}.|Yes, {X}.|Uh, {X}.|Let me find it. {X}.|All right, {X}.|Of course, {X}.
So that's {X}.
Hang on, I have to put my glasses on. {X}.|Yep, {X}.|Ready? {X}.|I have {X} here.
I believe it's {X}.
Right, so {X}.|Okay here goes, {X}.|Mm-hmm, {X}.|It should be {X}.|Sorry, the dog. It's {X}.
Well, {X}.
{X}, and please hurry.|Absolutely, {X}.|Oh, that's {X}.|{X}, yes.|Yeah sure so it's {X}.
Again? {X}."""
ANSWERS_ALL = [each for line in ANSWERS.split("\n") for each in line.split("|")]

# Before and after a sentence that holds a datum.
LEADS = """So |Okay, |Well, |Listen, |Yeah, |Um, |Right, so |Actually, |Hi, |Oh and |
You know what, |Sorry, |
Okay great, |Like I said, |To be safe, |Alright, |And |One more thing, |Please, |Um, yeah, so """
LEADS_ALL = LEADS.replace("\n", "").split("|")
TAILS = """ Did you get that?| I called on {date} already.| It's been {small} days.
 The total was {amount}.
 Is that enough?| Take your time.| I've had it since {year}.| Thanks.| Do you see it?
 That's all I have.
 I need this by {time}.| I was told {small} to {small} days.| Okay?| You should have that.
 I'm in {city} today.| Let me know if it works.| I paid {amount} for it.| Can you check?
 And I have {small} minutes left.| It's for the two of us.| We're going on {date}, too."""
TAILS_ALL = [each for line in TAILS.split("\n") for each in line.split("|")]

BACKS = """So that's {X}, is that right?|Let me read that back, {X}.|I have {X}, correct?
Okay, {X}.|Thank you, {X}.
Just to confirm, {X}.|{X}, got it.|Perfect, so {X}?|I heard {X}.|Was that {X}?"""
BACKS_ALL = [each for line in BACKS.split("\n") for each in line.split("|")]

GO_ON = """okay|Mm-hmm.|Go ahead.|Yes.|Uh huh.|Okay, go on.|Right.|Got it.|Yep.|And the rest?|
Next?""".replace("\n", "").split("|")

GREETINGS = """Thank you for calling {org}, this call may be recorded, how can I help you?
Hello and welcome to {org}. I'm the virtual assistant. What can I do for you today?
Good morning, {org}, how may I direct your call?
Hi, you've reached {org}. In a few words, tell me what you're calling about.
Thanks for holding, this is {org} customer care.
Good afternoon, thanks for calling {org}, what's going on today?
{org}, how can I help?
Hi there, this is the automated assistant of {org}. This call is recorded for quality.
Hello, you're through to {org}.
Welcome back to {org}. How may I assist you?
Hey, thanks for calling {org}! What brings you in today?
You have reached the {org} help line, are you calling about an existing matter?
""".strip().split("\n")

REASONS = {
    "bank": """
I need to pay my credit card.|There's a charge I don't recognize.
I'd like to set up online banking.|I want to wire some money.
My debit card got stuck in the machine.|I'm locked out of the app.|Can you tell me my balance?
I want to dispute a payment of {amount}.|I need a new checkbook.
""".strip(),
    "clinic": """
I need to make an appointment.|I'm calling about my test results.
I'd like to refill a prescription.|I have to move my appointment on {date}.
I got a bill for a visit I never had.|Is the doctor in today?
My daughter has had a fever for {small} days.|I need a copy of my records.
""".strip(),
    "telecoms": """
My internet has been down since {time}.|I want to upgrade my plan.|My bill went up by {amount}.
I'd like to port my number over.|The router keeps blinking red.|I can't hear people when I call.
I was promised {small} months free.|I need a new SIM card.
""".strip(),
    "shop": """
I'd like to order something from the catalog.|My package never came.
I want to return a pair of shoes.|The blender I bought is broken.|Do you have the lamp in stock?
I was charged twice, {amount} each.|I need to change my delivery.|Where do I send it back?
""".strip(),
    "insurance": """
I need to file a claim.|I was in a little accident on {date}.|I want to add a car to my policy.
My premium went up to {amount}.|I'd like a quote for renters insurance.
Is physical therapy covered?|I want to cancel my policy.|I'm waiting for a check.
""".strip(),
    "utilities": """
The power is out on our block.|I'm moving out at the end of the month.
My bill is {amount}, that can't be right.|I smell gas near the meter.
I need to set up service at a new place.|I'd like to pay my bill.|Can I get on the budget plan?
The water pressure is low.
""".strip(),
    "travel": """
I need to change my flight.|I want to book a hotel for {small} nights.|My luggage didn't arrive.
I'd like to use my miles.|Can I get a seat by the window?|Our train was canceled.
I need to cancel a booking.|Is breakfast included?
""".strip(),
    "government": """
I'm calling about my benefits.|I need to renew my license.|I haven't received my tax refund.
I want to ask about a parking ticket.|How do I register to vote?|I need to change my details.
I got a letter I don't understand.|When is bulk trash picked up?
""".strip(),
}

ORGS = {
    "bank": ["Harborview Bank", "First Meridian Credit Union", "Oakline Savings"],
    "clinic": ["Cedar Valley Clinic", "Lakeside Family Medicine", "Northgate Health"],
    "telecoms": ["Brightwave Mobile", "Clearpath Internet", "Telora"],
    "shop": ["Hearth and Home", "Kettle Creek Outfitters", "the Lumo store"],
    "insurance": ["Shieldstone Insurance", "Evergreen Mutual", "Anchor Life"],
    "utilities": ["River City Power", "Metro Water", "Sunbelt Gas and Electric"],
    "travel": ["Skylark Airways", "Blue Compass Travel", "Grandview Hotels"],
    "government": ["the county office", "the benefits line", "the motor vehicle department"],
}

SMALL = """A> I'm sorry to hear that. | C> Yeah, it's been a week.
A> Let me pull that up for you. | C> Okay, thanks.
A> How's your day going so far? | C> Not too bad, it's raining here.
C> Can you hear me all right? | A> Yes, loud and clear.
A> This will just take a moment, the system is slow today. | C> No problem, take your time.
C> I've been on hold for {small} minutes. | A> I apologize for the wait.
A> Do you have the letter in front of you? | C> I do, yeah.
A> One moment please. | C> Mm-hmm.
C> Sorry, my dog is barking. | A> No worries at all.
A> Is there anything else I should know? | C> No, that's about it.
C> Does that make sense? | A> It does, thank you for explaining.
A> I do need to verify a few things first. | C> Sure, go ahead.
A> Thank you for that. | C> You're welcome.
C> The weather has been awful, hasn't it? | A> It really has.
A> For security I have to ask you a couple of questions. | C> Okay.
C> I already told all of this to the other guy. | A> I understand, I'm sorry about that.
A> Let me check the notes. I see you called on {date}. | C> That's right, in the morning.
A> Are you at home right now? | C> No, I'm in the car.
C> It was {amount} last month. | A> I see that here.
A> Bear with me. | C> Uh huh.
C> Is this going to take long? I have to leave at {time}. | A> It should only take {small} minutes.
A> Great, thank you. | C> Yep.
C> You're a robot, right? | A> I'm an automated assistant, but I can connect you to a person.
A> Perfect, I found it. | C> Oh good.
C> I don't really understand the app. | A> That's okay, we'll do it together.
A> The total comes to {amount}. | C> That's fine.
A> We can have someone out on {date}. | C> That works for me.""".split("\n")

CLOSINGS = """A> Is there anything else I can help you with? | C> No, that's all, thank you.
A> You're all set. | C> Great, thanks so much. Bye.
A> Thank you for calling, have a wonderful day. | C> You too.
C> Okay, perfect, I appreciate it. | A> Of course. Take care now.
A> You'll get a confirmation in a few minutes. | C> Awesome, thank you.
C> That's everything. | A> Thanks for being a customer.
A> That's done. It should show up within {small} days. | C> Good. Thanks. Bye bye.
C> All right, talk to you later. | A> Goodbye.
A> I've updated that for you. | C> Wonderful.
C> Thanks for your patience. | A> My pleasure.""".split("\n")
