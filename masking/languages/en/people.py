"""How names are said in English."""

from __future__ import annotations

from masking.languages.table import People, phrases, words

PEOPLE = People(
    strong=phrases(
        "myself, my good name is, my name is, my name's, name is, name's, names, first name is,"
        "last name is, my full name,"
        "surname is, family name is, given name is, maiden name is, maiden name was,"
        "middle name is,"
        "full name is, my first name, my last name, her name is, his name is, their name is,"
        "name on the card is, name on the account is, name on file is, name on it is,"
        "under the name, under the name of, in the name of, goes by, i go by, go by, named,"
        "name of,"
        "my name would be, name will be, name as, name was, name should be, first name, last name,"
        "surname, the name on the account, account holder is, policy holder is, policyholder is,"
        "patient is, patient's name is, patient name is, cardholder is, card holder is,"
        "account belongs to, belongs to, legal name is, preferred name is, emergency contact is,"
        "beneficiary is, contact person is, name please, name and it's"
    ),
    medium=phrases(
        "speaking with, speaking to, speak with, speak to, talking with, ask for, asked for,"
        "make it out to, made out to, put me through to, put you through to, on behalf of,"
        "under, account's under, it's under, calling for, my name, name, it's for, signed by,"
        "attention, attn, care of, transfer you to, connect me to, connect me with,"
        "appointment with,"
        "my wife, my husband, my son, my daughter, my mother, my father, my partner, my sister,"
        "my brother, my wife is, my husband is, my son is, my daughter is, that for, thank you,"
        "thanks, guy called, man called, woman called, lady called, girl called, boy called,"
        "chap called, is this, am i speaking with, am i speaking to, person called,"
        "someone called, somebody called, is called, was called"
    ),
    weak=phrases(
        "this is, i'm, i am, talking to, talk to, it's, it is, that's, call me, hi, hello, hey,"
        "thanks, thank you,"
        "good morning, good afternoon, good evening, okay, ok, alright, all right, great, perfect,"
        "my wife, my husband, my son, my daughter, my mother, my father, my mom, my dad, my mum,"
        "my brother, my sister, my partner, my friend, my boss, my manager, my assistant, my aunt,"
        "my uncle, my grandmother, my grandfather, my grandson, my granddaughter, my niece,"
        "my nephew, my cousin, my boyfriend, my girlfriend, my fiance, my fiancee, my neighbor,"
        "my neighbour, my roommate, my doctor, my nurse, my lawyer, my colleague, my landlord,"
        "your wife, your husband, your son, your daughter, your mother, your father, your doctor,"
        "his wife, her husband, her son, his son, her daughter, his daughter, his mother,"
        "her mother, on behalf of, calling for, calling about, behalf of, ask for, asked for,"
        "signed by, made out to, name, is this, am i speaking with, am i speaking to,"
        "spoke with, spoke to, talked to, met with, see, from, with, by, for, to, and, so, sure,"
        "yes, yeah, no, well, um, uh, sorry, here's, attention, care of, husband, wife, son,"
        "daughter, mother, father, brother, sister, mom, dad, nurse, agent, manager, therapist,"
        "surgeon, dentist, was, patient, tenant, passenger, traveler, guest, customer,"
        "member, client, student, employee, contact, dear, bye, goodbye, later, welcome, pleasure,"
        "you, please, right, correct, old, of, about, cheers, meet, ask, tell, told, remove, add"
    ),
    others=phrases(
        "jack daniel's, jack daniels, dr pepper, doctor pepper, ben and jerry's, ben jerry's,"
        "wells fargo, charles schwab, j p morgan, jp morgan, morgan stanley, merrill lynch,"
        "michael kors, calvin klein, ralph lauren, tommy hilfiger, trader joe's, john deere,"
        "papa john's, jimmy john's, mary kay, betty crocker, oscar mayer, estee lauder,"
        "harley davidson, kate spade, victoria's secret, goldman sachs, ernst and young,"
        "johns hopkins, sherwin williams, stanley cup, hilton, marriott, chase bank,"
        "mercedes benz, yoga, owe,"
        "johnson and johnson, samuel adams, sam adams, jim beam, johnnie walker,"
        "captain morgan, marc jacobs, tory burch, vera wang, levi's, wendy's, denny's, arby's,"
        "mcdonald's, macy's, kohl's, sam's club, lowe's, hershey's, kellogg's, campbell's, ray ban,"
        "ray bans, dr martens, doc martens, vera bradley, jenny craig, virginia beach,"
        "st patrick's,"
        "martin luther king, saint patrick's, valentine's, carl's jr, jack in the box, big ben,"
        "dow jones, santa claus, black friday, charles schwab, edward jones, fannie mae,"
        "sallie mae, freddie mac, mayo clinic, mary jane, john doe, jane doe, kit kat, peter pan"
    ),
    places=words("san santa saint st fort port mount lake los las el new north south east west ft"
                 " cape point mt"),
    titles=words("mr mrs ms miss mister missus dr doctor professor prof sir madam reverend father"
                 " sergeant officer captain nurse judge"),
    determiners=words(
        "the my a your his her our their an another any this that which what every see good bad"
    ),
    name_words=words("name names name's"),
    other_names=words(
        "file brand user screen domain host street company business product model network wifi"
        " street's plan drug item store shop team project folder app website band song movie"
    ),
    tells=words(
        "is was says said changed wrong misspelled doesn't isn't wasn't so and but because"
    ),
    things=words(
        "park cup bush branch mall store inn hotel airport hospital school university center centre"
        " island beach bridge stadium museum library tower building clinic pharmacy bank jacket"
        " button mystery market restaurant"
    ),
    asked_for=words("this that with to"),
    kin=words(
        "wife husband partner spouse son daughter mother father mom dad mum brother sister fiance"
        " fiancee aunt uncle niece nephew cousin grandson granddaughter girlfriend boyfriend"
    ),
    hails=words("okay ok hi hello hey thanks you alright right yes sure sorry is i'm am"),
    vocatives=words("i i've i'm i'll i'd let can could what what's thanks thank from"),
    sure_titles=words("mr mrs ms dr mister missus prof"),
    answering=words("speaking"),
    after=phrases(
        "speaking, here, calling, on the line, is my name, is the name, 's my name, is calling,"
        "speaking here, by the way, from the, from billing, from support, from sales, is speaking,"
        "is the account holder, is the cardholder, is the patient, was the name"
    ),
    questions=phrases(
        "and first, and last, and the first, and the last, who helped, who referred, who did you"
        ", who was your, who is your, your name, full name, your first name, your last name,"
        "first and last name, who am i,"
        "who am i speaking, who am i talking, who is calling, who's calling, who's this,"
        "who is this, name on the card, name on the account, patient's name, patient name,"
        "cardholder name, cardholder's name, card holder name, your surname, spell your name,"
        "spell your last name, spell your first name, spell that, spell it, account holder's name,"
        "name of the account holder, name of the patient, legal name, the name please,"
        "a name please, name please, name for the, name for that, your full name,"
        "last name please, first name please, what name, which name, name on file, spelling of,"
        "name on the policy, name on the reservation, name on the booking, name is it under,"
        "name is that under, emergency contact, beneficiary, whom am i, may i ask who, surname,"
        "maiden name, middle name, do i call you, should i call you, can i call you,"
        "it appear on the card, it appears on the card, who's the, name's fine, contact person,"
        "can i ask who, name as it appears, last name,"
        "first name, and you are, who's the account holder, whos the account holder,"
        "who is the account holder, pleasure of speaking, do i have the pleasure, who do i have,"
        "who do i, "
        "that spelled, do you spell, how is that spelled, how's that spelled, spell the, "
        "get your name, have your name, grab your name, catch your name, husband's name,"
        "wife's name, spouse's name, child's name, son's name,"
        "daughter's name, mother's name, father's name, doctor's name, physician's name, passenger,"
        "his name, her name, their name, driver's name, guest's name, provider's name, and name"
    ),
    # Alone in a turn it is a question: "name?"
    particles=words(
        "de da do dos das del della di la las los le van von der den ten ter el al bin ibn abu mac"
        " mc o st san santa y e dela d'"
    ),
    answers=words(
        "yes yeah yep yup sure of course okay ok um uh it's its it is that's that would be the name"
        " my name's and so well hi hello hey this i'm im i am speaking with certainly absolutely"
        " right no problem you can put under full first last full-name please oh ah er just"
        " thats me probably perhaps possibly likely mine down put will be name's names her his"
        " he she under for it'd thats here's"
    ),
)  # fmt: skip
