"""R6 to R9, R13 and R14 by hand: amounts, quantities, tiers, periods."""

from __future__ import annotations

from paper import Case, error, file, ok
from stripe_hand import exact, item, of, price, sub, tiered

AMOUNTS = [
    ok("decimal alone", "1,000 x 0.5 cent = 5.00; x 12", of(exact("0.5"), 1000), "5.00", "60.00"),
    ok(
        "decimal wins",
        "3 x 10.25 cent = 30.75 cent = 0.31; x 12",
        of(price(10, unit_amount_decimal="10.25"), 3),
        "0.31",
        "3.72",
    ),
    ok(
        "twelve decimals",
        "1,000 x 0.123456789012 = 123.456789012 cent = 1.23; x 12",
        of(exact("0.123456789012"), 1000),
        "1.23",
        "14.76",
    ),
    ok(
        "twelve decimals unrounded",
        "1.23456789012 x 12 = 14.814...",
        of(exact("0.123456789012"), 1000),
        "1.23",
        "14.81",
        policy="line_rounding: none",
    ),
    ok("half a cent", "0.5 cent, half-up 0.01; x 12", of(exact("0.5")), "0.01", "0.12"),
    ok("half a cent, half even", "0.5 cent to the even 0", of(exact("0.5")), "0.00", "0.00", policy="line_rounding: half_even"),
    ok(
        "one and a half cent, half even",
        "1.5 cent to the even 2; x 12",
        of(exact("1.5")),
        "0.02",
        "0.24",
        policy="line_rounding: half_even",
    ),
    ok(
        "half a cent, unrounded",
        "0.005 x 12 = 0.06; 0.005 half-up 0.01",
        of(exact("0.5")),
        "0.01",
        "0.06",
        policy="line_rounding: none",
    ),
    ok("less than half a cent", "0.499999999999 cent is 0", of(exact("0.499999999999")), "0.00", "0.00"),
    error("no amount", "missing_amount", of(price(None, unit_amount_decimal=None))),
    error(
        "custom amount", "missing_amount", of(price(None, custom_unit_amount={"minimum": 100, "maximum": None, "preset": 500}))
    ),
    ok("a price of nothing", "0", of(price(0)), "0.00", "0.00"),
    ok("amount as JSON float", "2 x 25.00 = 50.00; x 12", of(price(2500.0), 2.0), "50.00", "600.00"),
    ok("decimal as JSON number", "4 x 12.5 cent = 0.50; x 12", of(price(None, unit_amount_decimal=12.5), 4), "0.50", "6.00"),
    ok(
        "35 digits",
        "99,999,999.123456789012 cent x 999,999,999,999,999 = 99999999123456689012000.876543210988 cent, half-up ...001; x 12",
        of(exact("99999999.123456789012"), 999999999999999),
        "999999991234566890120.01",
        "11999999894814802681440.12",
    ),
]

QUANTITIES = [
    ok("quantity missing", "1 x 25.00", file(sub({"id": "si_1", "price": price()})), "25.00", "300.00"),
    ok("quantity null", "1 x 25.00", of(price(), None), "25.00", "300.00"),
    ok("quantity 0", "0 x 25.00", of(price(), 0), "0.00", "0.00"),
    ok(
        "transform up",
        "25 / 10 = 2.5, up 3; 3 x 25.00",
        of(price(transform_quantity={"divide_by": 10, "round": "up"}), 25),
        "75.00",
        "900.00",
    ),
    ok(
        "transform down",
        "25 / 10 = 2.5, down 2; 2 x 25.00",
        of(price(transform_quantity={"divide_by": 10, "round": "down"}), 25),
        "50.00",
        "600.00",
    ),
    ok(
        "transform exactly",
        "30 / 10 = 3, up 3",
        of(price(transform_quantity={"divide_by": 10, "round": "up"}), 30),
        "75.00",
        "900.00",
    ),
    ok("transform of 0", "0 / 10 = 0", of(price(transform_quantity={"divide_by": 10, "round": "up"}), 0), "0.00", "0.00"),
    ok(
        "transform down to 0",
        "9 / 10, down 0",
        of(price(transform_quantity={"divide_by": 10, "round": "down"}), 9),
        "0.00",
        "0.00",
    ),
]

SLICES = ((10, 1000, None), (20, 800, None), (None, 500, None))
FEES = ((10, 0, 5000), (20, 700, 2000), ("inf", 600, 1000))

TIERS = [
    ok(
        "graduated",
        "10 x 10.00 + 10 x 8.00 + 5 x 5.00 = 205.00; x 12",
        of(tiered("graduated", *SLICES), 25),
        "205.00",
        "2460.00",
    ),
    ok(
        "graduated, up_to inclusive",
        "10 x 10.00 + 10 x 8.00 = 180.00",
        of(tiered("graduated", *SLICES), 20),
        "180.00",
        "2160.00",
    ),
    ok("graduated, one above", "180.00 + 5.00", of(tiered("graduated", *SLICES), 21), "185.00", "2220.00"),
    ok("volume", "25 x 5.00 = 125.00", of(tiered("volume", *SLICES), 25), "125.00", "1500.00"),
    ok("volume, up_to inclusive", "20 x 8.00 = 160.00", of(tiered("volume", *SLICES), 20), "160.00", "1920.00"),
    ok("volume, one above", "21 x 5.00 = 105.00", of(tiered("volume", *SLICES), 21), "105.00", "1260.00"),
    ok("graduated fees, first tier", "50.00 + 10 x 0", of(tiered("graduated", *FEES), 10), "50.00", "600.00"),
    ok(
        "graduated fees, second tier", "50.00 + 20.00 + 1 x 7.00 = 77.00", of(tiered("graduated", *FEES), 11), "77.00", "924.00"
    ),
    ok(
        "graduated fees, third tier",
        "50 + 20 + 10 + 10 x 7 + 5 x 6 = 180.00",
        of(tiered("graduated", *FEES), 25),
        "180.00",
        "2160.00",
    ),
    ok("volume fees", "25 x 6.00 + 10.00 = 160.00", of(tiered("volume", *FEES), 25), "160.00", "1920.00"),
    ok("graduated 0", "flat fee of the first tier 50.00", of(tiered("graduated", *FEES), 0), "50.00", "600.00"),
    ok("graduated 0, fee off", "0", of(tiered("graduated", *FEES), 0), "0.00", "0.00", policy="tier_zero_fee: off"),
    ok(
        "fee off touches 0 alone",
        "50.00 + 0",
        of(tiered("graduated", *FEES), 1),
        "50.00",
        "600.00",
        policy="tier_zero_fee: off",
    ),
    ok("volume 0", "0 falls in the first tier: flat fee 50.00", of(tiered("volume", *FEES), 0), "50.00", "600.00"),
    ok("null unit and flat", "10 x 0 + 0", of(tiered("graduated", (10, None, None), (None, 500, None)), 10), "0.00", "0.00"),
    ok(
        "decimals in tiers win",
        "flat 100.5 + 3 x 0.25 = 101.25 cent = 1.01; x 12",
        of(
            tiered("volume", (None, 1, 1))
            | {
                "tiers": [
                    {
                        "up_to": None,
                        "unit_amount": 1,
                        "unit_amount_decimal": "0.25",
                        "flat_amount": 1,
                        "flat_amount_decimal": "100.5",
                    }
                ]
            },
            3,
        ),
        "1.01",
        "12.12",
    ),
    ok(
        "a line is rounded, its slices are not",
        "1 x 0.4 + 1 x 0.4 = 0.8 cent = 0.01; x 12",
        of(
            tiered("graduated")
            | {"tiers": [{"up_to": 1, "unit_amount_decimal": "0.4"}, {"up_to": None, "unit_amount_decimal": "0.4"}]},
            2,
        ),
        "0.01",
        "0.12",
    ),
    error("tiers not expanded", "tiers_not_expanded", of(price(None, billing_scheme="tiered", tiers_mode="graduated"))),
    error("volume not covering", "tiers_not_covering", of(tiered("volume", (10, 100, None)), 11)),
]

PERIODS = [
    ok("month", "25.00 x 12", of(price()), "25.00", "300.00"),
    ok("quarter", "100.00 x 12/3", of(price(10000, count=3)), "33.33", "400.00"),
    ok("18 months", "100.00 x 12/18 = 66.666...; / 12 = 5.555...", of(price(10000, count=18)), "5.56", "66.67"),
    ok("year", "100.00; / 12 = 8.333...", of(price(10000, "year")), "8.33", "100.00"),
    ok("three years", "1,000.00 / 3; / 12 = 27.777...", of(price(100000, "year", 3)), "27.78", "333.33"),
    ok("week", "10.00 x 52; / 12 = 43.333...", of(price(1000, "week")), "43.33", "520.00"),
    ok("two weeks", "10.00 x 26; / 12 = 21.666...", of(price(1000, "week", 2)), "21.67", "260.00"),
    ok("three weeks", "10.00 x 52/3 = 173.333...; / 12 = 14.444...", of(price(1000, "week", 3)), "14.44", "173.33"),
    ok("day", "1.00 x 365; / 12 = 30.416...", of(price(100, "day")), "30.42", "365.00"),
    ok("30 days", "30.00 x 365/30", of(price(3000, "day", 30)), "30.42", "365.00"),
    ok(
        "week 365/7",
        "3650 / 7 = 521.428...; / 12 = 43.452...",
        of(price(1000, "week")),
        "43.45",
        "521.43",
        policy="week: 365/7",
    ),
    ok("week 4.33x12", "10.00 x 51.96", of(price(1000, "week")), "43.30", "519.60", policy="week: 4.33x12"),
    ok(
        "week 360/7",
        "3600 / 7 = 514.285...; / 12 = 42.857...",
        of(price(1000, "week")),
        "42.86",
        "514.29",
        policy="week: 360/7",
    ),
    ok("day 365.25", "1.00 x 365.25; / 12 = 30.4375", of(price(100, "day")), "30.44", "365.25", policy="day: 365.25"),
    ok("day 360", "1.00 x 360", of(price(100, "day")), "30.00", "360.00", policy="day: 360"),
    ok("day policy leaves weeks", "10.00 x 52", of(price(1000, "week")), "43.33", "520.00", policy="day: 360"),
    ok(
        "months and years",
        "25.00 x 12 + 100.00; 400 / 12",
        file(sub(item(), item(price(10000, "year"), id="si_2"))),
        "33.33",
        "400.00",
    ),
    ok("MRR x 12 is another number", "0.50 a year; / 12 = 0.0416...", of(price(50, "year")), "0.04", "0.50"),
    ok("half a cent of a year", "0.25 / 2 = 0.125, half-up 0.13; / 12 = 0.0104", of(price(25, "year", 2)), "0.01", "0.13"),
    ok(
        "half even at the end",
        "0.125 to the even 0.12",
        of(price(25, "year", 2)),
        "0.01",
        "0.12",
        policy="final_rounding: half_even",
    ),
    ok(
        "grain item",
        "333.33 + 333.33; 27.78 + 27.78",
        file(sub(*[item(price(100000, "year", 3), id=f"si_{n}") for n in "12"])),
        "55.56",
        "666.66",
        policy="grain: item",
    ),
    ok(
        "grain subscription",
        "666.666...; / 12 = 55.555...",
        file(sub(*[item(price(100000, "year", 3), id=f"si_{n}") for n in "12"])),
        "55.56",
        "666.67",
    ),
]

CASES: list[Case] = [*AMOUNTS, *QUANTITIES, *TIERS, *PERIODS]
