"""The twelve scenes of the story as people read them: what happens, what they should see, what they can do themselves."""

from __future__ import annotations

from dataclasses import dataclass

from hub.practice.story import situations as who
from hub.sentences import N_

MAPPING_PLAN, UNDO, CREATE, REPLAY = "mapping_plan", "undo", "create", "replay"
NEEDS = {
    MAPPING_PLAN: N_("the preview of a changed field mapping"),
    UNDO: N_("undo of a sync run"),
    CREATE: N_("creating an offered record by a word"),
    REPLAY: N_("replay of the log"),
}
"""What a part of a scene waits for, as people say it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`title`, `happens`, `see`, `do` are msgids. `customers`: whom it is about; none: everybody. `needs`: parts that wait for
    a later capability and are left out when it is played.
    """

    number: int
    title: str
    happens: str
    see: str
    do: str
    customers: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()  # (part as a msgid, key of NEEDS)


SCENES = (
    Scene(
        1,
        N_("Wobbly Teapot Works: the figure from last year"),
        N_("40 seats at 25.00 USD a month make 12,000.00 a year. HubSpot said 9,600.00."),
        N_("HubSpot holds 12,000.00, because only Stripe may set ARR. The old figure stays readable; of the next one also who typed it."),
        N_("Type another ARR into the practice HubSpot. It is put back, and the history has a second entry."),
        (who.TEAPOT,),
    ),
    Scene(
        2,
        N_("Marmalade Submarines: one company, two billing customers"),
        N_("Stripe has two customers of one company: 500.00 a month and 6,600.00 a year. HubSpot knew 6,000.00."),
        N_("12,600.00 everywhere, with a link to both customers in Stripe and the sum of both lines."),
        N_("Open the company and ask why its ARR is what it is."),
        (who.MARMALADE,),
    ),
    Scene(
        3,
        N_("Cardboard Comet Freight and Cardboard Comet Freight Ltd.: the twin company"),
        N_("HubSpot has the company twice. Only the first has an ARR, 8,400.00; their tickets are 7 and 3."),
        N_("One possible duplicate, with its evidence: the same name without Ltd., the same phone, two contacts in common."
           " Nothing is merged by itself."),
        N_("Merge them: 10 tickets, 121 accounts. Take it back: 7 and 3, 122 accounts, every value as before."),
        (who.COMET, who.COMET_LTD),
    ),
    Scene(
        4,
        N_("Gravity & Daughters: two people, one phone"),
        N_("+1 202-555-0100 becomes +1 202-555-0114 in HubSpot and +1 202-555-0171 in Zendesk, between two reads."),
        N_("One decision, with the number that was agreed before beside both. Nothing is sent for this field; all else flows."),
        N_("Choose one: the other system and Stripe are told."),
        (who.GRAVITY,),
        ((N_("the same edits read in another order, with the same outcome"), REPLAY),),
    ),
    Scene(
        5,
        N_("Infinite Sock Drawer: a rename"),
        N_('Somebody types "Infinite Sock Drawer GmbH" in HubSpot.'),
        N_("Stripe and Zendesk follow within seconds: two updates. Nothing goes back to HubSpot. The ARR, 9,600.00 EUR, stays."),
        N_("Type a name into the practice HubSpot and watch the other windows."),
        (who.SOCKS,),
    ),
    Scene(
        6,
        N_("Upside-Down Umbrellas and Left-Handed Spoons: values nobody should copy"),
        N_('In Zendesk an e-mail reads "pim.placeholder". In HubSpot a contract renews on the day before it starts.'),
        N_("Two values not accepted, each with its reason and where to repair it. The rest of both records goes on."),
        N_("Repair them where they stand: they vanish from the list by themselves."),
        (who.UMBRELLAS, who.SPOONS),
    ),
    Scene(
        7,
        N_("Cloud Sheep Farming: no means no"),
        N_("Pim Placeholder said no to marketing in Zendesk. HubSpot said yes."),
        N_("No everywhere. Reminders that a contract ends are still allowed. A system that says nothing does not say no."),
        N_("Look at Pim in HubSpot: marketing is off."),
        (who.SHEEP,),
    ),
    Scene(
        8,
        N_("Second-Hand Moonlight: two cents"),
        N_("3 seats at 33.33 less 15 percent for ever, 84.99 a month: 1,019.88 a year. Somebody's spreadsheet said 1,019.90."),
        N_("HubSpot holds 1,019.88, with the formula to redo on paper. Of the spreadsheet the ARR check says: rounding."),
        N_("Ask why the ARR is 1,019.88."),
        (who.MOONLIGHT,),
    ),
    Scene(
        9,
        N_("Zero-Gravity Origami K.K. and Borrowed Horizon Airlines: money is not a number"),
        N_("Origami pays 576,000 JPY; HubSpot showed 5,760. Horizon pays 24,000.00 USD and 8,400.00 EUR; HubSpot said 32,400.00 USD."),
        N_("576,000 JPY. 24,000.00 USD and 8,400.00 EUR, side by side, never added."),
        N_("Open Borrowed Horizon Airlines in HubSpot: two amounts."),
        (who.ORIGAMI, who.HORIZON),
    ),
    Scene(
        10,
        N_("Tuesday Forever Museum: billed, but unknown to the CRM"),
        N_("Stripe bills 4,200.00 USD a year. HubSpot has no such company."),
        N_("The ARR check does not tie: one row of 114 is not in the CRM. Nothing is created unasked."),
        N_("Make the company in the practice HubSpot: Concord fills its ARR, 114 of 114. Then let two people sign: hub tieout prepare."),
        (who.MUSEUM,),
        ((N_("the company made by Concord"), CREATE),),
    ),
    Scene(
        11,
        N_("Backwards Clocks: the product knows"),
        N_("Mixpanel sees 38 people in 40 seats. In HubSpot somebody typed 400, and Zendesk had 35."),
        N_("38 in HubSpot and Zendesk."),
        N_("Type another number into the practice HubSpot."),
        (who.CLOCKS,),
        ((N_("renewal date into Zendesk: 92 updates; ARR into Zendesk: refused"), MAPPING_PLAN),),
    ),
    Scene(
        12,
        N_("Everybody: Friday, 4 pm"),
        N_("An import in HubSpot sets the tier of 48 of 122 accounts to strategic."),
        N_("A safety stop before the first update: which import, what it would change, and no update in any request log."),
        N_("Put the tiers back in HubSpot and let the run pass: it has nothing left to send."),
        (),
        ((N_("reject and put back by Concord, and undo of that run"), UNDO),),
    ),
)  # fmt: skip
