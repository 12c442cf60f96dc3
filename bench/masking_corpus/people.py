"""Names of people of many origins, as they are given and spelled. Nobody is meant."""

from __future__ import annotations

import random

FIRST = """James Mary Robert Patricia Jennifer Michael Linda David Elizabeth William Barbara Susan
Joseph Jessica Thomas Sarah Karen Christopher Nancy Daniel Lisa Matthew Betty Anthony Margaret
Sandra
Ashley Steven Kimberly Emily Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa Deborah
Priya Ananya Arjun Rohan Lakshmi Sanjay Deepika Vikram Mei Xiaoming Wei Jing Hiroshi Yuki Kenji
Sakura
Minjun Jiwoo Soojin Linh Thuy Minh Duc Fatima Ahmed Mohammed Aisha Omar Layla Hassan Yasmin Amir
Zainab
Oluwaseun Chinedu Ngozi Adaeze Kwame Abena Kofi Amara Tunde Folake Jamal Latoya Deshawn Keisha
Tyrone
Carlos Maria Jose Guadalupe Luis Ximena Diego Valentina Javier Lucia Mateo Esperanza Alejandro Rosa
Giovanni Francesca Luca Chiara Hans Greta Klaus Ingrid Lars Freya Bjorn Astrid Pierre Amelie Etienne
Odile Dmitri Svetlana Ivan Olga Katarzyna Piotr Agnieszka Tomasz Ioana Mihai Eleni Nikos Siobhan
Declan
Niamh Padraig Rhys Cerys Angus Morag Moshe Rivka Shira Eitan Leilani Keanu Tala Moana Nigel Gemma
Callum Imogen Graham Philippa Dylan Harper Skyler Rowan Quinn""".split()

LAST = """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez
Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez
Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green
Adams
Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Patel Sharma Gupta Iyer Krishnan Reddy
Chatterjee Banerjee Chen Wang Zhang Liu Huang Tanaka Suzuki Yamamoto Nakamura Kim Park Choi Tran
Pham
Khan Hussain Al-Farsi Rahman Haddad Nasser Okafor Adeyemi Nwosu Mensah Asante Okonkwo Diallo Kamau
Mbeki Jefferson Washington Booker Castillo Delgado Fuentes Villanueva Quintero Rossi Ferrari Bianchi
Schmidt Mueller Hoffmann Weber Lindqvist Johansson Andersen Nygaard Dubois Lefebvre Moreau Ivanov
Petrova Kowalski Wisniewska Nowak Popescu Papadopoulos O'Brien O'Sullivan Murphy Gallagher Llewellyn
MacDonald Fraser Cohen Goldstein Levy Kealoha Bautista Santos Reyes Featherstone Ashworth Pemberton
Blackwood Thistlewood Wojciechowski Vandenberg Szabo Horvat Kovacs Yilmaz Demir Abernathy""".split()

TITLES = "Doctor|Dr.|Mr.|Mrs.|Ms.|Miss|Professor|Nurse".split("|")


def full(rng: random.Random) -> tuple[str, str]:
    """A first and a last name; now and then a double last name."""
    last = rng.choice(LAST)
    if rng.random() < 0.05:
        last += ("-" if rng.random() < 0.5 else " ") + rng.choice(LAST)
    return rng.choice(FIRST), last


def said(rng: random.Random, first: str, last: str) -> str:
    """The whole name as it is given, now and then with a middle one or an initial."""
    shape = rng.random()
    if shape < 0.06:
        return f"{first} {rng.choice(FIRST)} {last}"
    if shape < 0.12:
        return f"{first} {rng.choice('ABCDEFGHJKLMNPRSTW')} {last}"
    return f"{first} {last}"
