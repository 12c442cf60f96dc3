"""Exchanges that hold nobody's datum, though they look like it."""

LONG = """A> Your order number is {long}. | C> Okay, I wrote that down.
C> My order number is {long}, where is it? | A> It shipped on {date}.
C> The tracking number is {long}. | A> It's out for delivery.
A> The confirmation number is {long}. | C> Thank you.
C> I'm looking at invoice {long}. | A> That one was for {amount}.
A> What's the tracking number? | C> {long}.
A> Do you have the order number? | C> Yes, it's {long}.
A> Your reference number for this call is {long}. | C> Could you text that to me?
C> The serial number on the unit is {long}. | A> That model is still under warranty.
A> Your case number is {long}, please keep it. | C> Will do.
C> The claim reference is {long}. | A> I see it, it was opened on {date}.
A> Your ticket number is {long} and somebody will look at it by {date}. | C> Fine.
C> I have a parcel, {long} is the tracking. | A> It's in {city}.
C> The barcode under it says {long}. | A> That's the right part.
A> Your booking confirmation is {long}. | C> And the hotel?
C> The part number is {long}, do you stock it? | A> We have {small} left.""".split("\n")

ORDINARY = """A> That will be {amount} a month for {small} months. | C> That's too expensive.
C> I was quoted {amount} and now it's {amount}. | A> Let me see what changed.
A> Your appointment is on {date} at {time}. | C> Can you make it later?
A> The technician will be there {date} between {time} and {time}. | C> That works.
C> I ordered {small} of them and got {small}. | A> I'm sorry about that.
A> Press one for billing, press two for support, press three for sales. | C> Two.
A> For English press one, for Spanish press two. To repeat, press nine. | C> One.
C> My flight is {code} to {city}. | A> It leaves at {time} from gate {small}.
C> It's the model {code} from {year}. | A> Those are discontinued.
A> You're in room {room} on the {small} floor. | C> Thank you.
C> My credit score is {room}, is that good? | A> It's fair.
C> He's {small} years old. | A> Then he travels free.
A> We've been in business since {year}. | C> I know, I've been a customer since {year}.
C> We won {small} to {small} last night. | A> Congratulations.
C> I'm on version {version}. | A> Please update to {version} first.
A> The firmware should be {version} or later. | C> How do I see that?
C> I used to live in Austin but I'm in {city} now. | A> Austin is lovely.
C> I bank with Chase, or used to. | A> We work with Chase and Wells Fargo as well.
C> Is it the same as Wells Fargo? | A> No, we're independent.
A> Mark the date, the sale starts on {date}. | C> Will you have shoes too?
C> Will you be open on May 5th? | A> We close at {time} on May 5th.
A> There's a grace period of {small} days. | C> What happens after the grace period?
C> The bill is wrong again. | A> Which bill is that, the one from {month}?
C> Let me be frank, I'm not happy. | A> I understand.
A> Our store is at the corner of Main and Fifth. | C> Is that next to the bank?
C> I crossed the t's and dotted the i's. | A> You really dot the i every time.
C> I was born ready for this. | A> Ha, good to know.
C> I saw it on social media. | A> We do post on social media a lot.
A> You can pin the location on the map. | C> How do I pin it?
A> We will address the issue today. | C> Please address it soon.
A> I can send you a password reset link. | C> I forgot my password, yes please.
A> Never share your password or your PIN with anyone. | C> I won't.
A> It's in our code of conduct. | C> What does the code say?
C> I want to come too, for two nights. | A> For you two, that's {amount}.
C> I had to wait for, like, {small} hours, too long. | A> That's too long for anybody.
C> I ate at the place you won an award for. | A> Oh, we won it twice.
A> Interest is {small} percent for the first {small} months. | C> And after?
C> How much data do I get? | A> {small} gigabytes, or {big} minutes.
A> There are {big} points in your account. | C> What are {big} points worth?
C> I drove {big} miles in {small} days. | A> That's a lot of driving.
A> The deductible is {amount} and the copay is {amount}. | C> Hmm.
A> We have locations in {city}, {city} and Charlotte. | C> The Charlotte one is closest.
C> Do you carry Jack Daniel's or Dr Pepper? | A> We only have Dr Pepper.
C> I want the Eliot sofa in gray. | A> The Eliot is on back order until {date}.
A> Please hold while I transfer you to the right department. | C> Okay.
C> I've called {small} times since {date}. | A> I see that.
A> What's the issue with your card? | C> It was declined at the store.
A> What's your zip? Just so that I can find a store. | C> Never mind, I'll look it up.
C> Do I need my social security card for that? | A> Any photo ID will do.
C> Can I see the doctor on {date}? | A> The doctor is away until {date}.
A> Take {small} tablets twice a day for {small} days. | C> With food?
C> My blood pressure was one twenty over eighty. | A> That's perfect.
C> It's a two bedroom, about {big} square feet. | A> And how old is the building?
A> The offer ends {full_date}. | C> I'll think about it.
C> The warranty ran out on {full_date}. | A> Then the repair is {amount}.
A> Your next payment of {amount} is due on {full_date}. | C> Okay.
C> What's the email for complaints? | A> There's a form on our website, under contact us.
A> Are you calling about a phone or a tablet? | C> A phone, the blue one.
C> I need a size {small} in the {code}. | A> It's {amount} on sale.
A> You're number {small} in the queue. | C> Seriously?
C> I'm at the airport, at gate {small}. | A> Boarding is at {time}.
C> Channel {room} is gone. | A> It moved to {room}.
A> There's a fee of {amount} for every {big} units. | C> That's new.
A> The code for the gate is on the sign when you arrive. | C> Okay, good.
C> My name isn't on the list? | A> There's no list for this event.
A> Can I have your name? | C> I'd rather not say.
A> Would you mind giving your date of birth? | C> I'd rather do this in person.
C> Is the Paris office open on {date}? | A> Paris closes at {time}.
C> I work in Lincoln, near Madison. | A> Is that in Nebraska?
A> Congratulations, you've earned Victoria status. | C> What does that mean?
C> We need {small} rooms for {small} adults and {small} kids. | A> From {date}?
A> The router has a light, tell me if it's green or red. | C> Red, then green for a second.
C> My train leaves at {time} from platform {small}. | A> You still have time.
A> Route {room} is closed, take the {small} instead. | C> Thanks for the tip.
C> I'd like the number {small} with fries. | A> That's {amount}.
A> What's the card number? | C> I don't have it with me, it's at home.
A> And the security code? | C> It's rubbed off, I can't read it.
A> What's your PIN? | C> I don't remember, that's why I'm calling.
A> Can I get your account number? | C> Where would I find that?
A> And your email? | C> I don't really use email.
A> What's your password? | C> Aren't you not supposed to ask me that?
A> May I have your social security number? | C> I'm not comfortable with that over the phone.
A> What's your phone number? | C> The one you just called.
A> What's your address? | C> Which one, home or work?
A> What's your name, please? | C> Why do you need it?
A> And your date of birth? | C> Just a second, somebody's at the door.
A> Do you know your IP address? | C> No, what is that?
A> What is the IBAN? | C> I'd have to ask my bank.
A> Do you have your medical record number? | C> Not in front of me, no.
A> Who's calling, please? | C> I'm just a customer.
C> This is ridiculous. | A> I'm sorry you feel that way.
C> I'm frustrated, to be honest. | A> That's understandable.
C> My name is on the lease but nobody called me. | A> I'll note that.
C> I'm calling about the two tickets for Saturday. | A> Two for Saturday, okay.
C> It's Monday already and I have nothing. | A> It should come Wednesday.
C> My card number changed last month. | A> Then let's update it online.
C> I never got the security code by text. | A> I'll have it sent again.
C> Can I pay by card? | A> We take Visa, Mastercard and American Express.
C> I moved in {year} and again in {year}. | A> I see.
C> I called at ten to four and at four to five. | A> We close at {time}.
C> The account has {amount} in it. | A> And {amount} is pending.
A> The phone costs {amount}, or {small} payments of {amount}. | C> Okay.
C> The policy covers up to {big} dollars. | A> Up to {amount}, that's right.
C> I look at it once or twice a day. | A> At what time?
C> We're at home most of the day. | A> At the door is fine then.
C> My dot matrix printer died, at last. | A> At last, yes.
C> The ten forty form, is it out? | A> It comes out in {month}.
C> I took the four oh five to the one oh one. | A> Traffic is bad there.
C> I live about {small} miles from the store. | A> That's close.
C> Thanks, you've been great. | A> Is there anything else I can do for you?
C> Will someone be there on Sunday, maybe around noon? | A> There will.
A> Your balance is {amount}, your limit is {amount}. | C> And the minimum?
A> My records show {small} calls this week. | C> It was {small}, I think.""".split("\n")
