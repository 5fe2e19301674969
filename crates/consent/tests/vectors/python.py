"""Writes what other implementations say of the same days:

holidays.txt   weekdays that are bank holidays, by the package holidays 0.109
periods.txt    one and three months from every day of 2025 to 2027, by python-dateutil 2.9, and the
               next working day in each division, by holidays 0.109

    pip install holidays==0.109 python-dateutil==2.9.0.post0 && python3 python.py
"""

import datetime
import pathlib

import holidays
from dateutil.relativedelta import relativedelta

HERE = pathlib.Path(__file__).parent
SUBDIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
YEARS = range(2012, 2029)
CALENDARS = {
    name: holidays.country_holidays("GB", subdiv=code, years=YEARS)
    for name, code in SUBDIVISIONS.items()
}

with open(HERE / "holidays.txt", "w") as file:
    print("# Bank holidays on weekdays, 2012 to 2028, by holidays 0.109 (PyPI); see python.py.", file=file)
    for name, calendar in CALENDARS.items():
        days = sorted(day for day in calendar if day.weekday() < 5)
        for day in days:
            print(f"{name}|{day}", file=file)

with open(HERE / "periods.txt", "w") as file:
    print("# received | months | end | due in England and Wales | Scotland | Northern Ireland;", file=file)
    print("# by python-dateutil 2.9 and holidays 0.109 (PyPI); see python.py.", file=file)
    day = datetime.date(2025, 1, 1)
    while day.year < 2028:
        for months in (1, 3):
            end = day + relativedelta(months=months)
            due = [
                end if calendar.is_working_day(end) else calendar.get_nth_working_day(end, 1)
                for calendar in CALENDARS.values()
            ]
            print("|".join(map(str, [day, months, end, *due])), file=file)
        day += datetime.timedelta(days=1)
