using PersonalCareApi.Domain.Plans;

namespace PersonalCareApi.Domain.Tests.Plans;

/// <summary>The subset of RFC 5545 that requests recur by; expected times follow the examples of its section 3.8.5.3.</summary>
[TestFixture]
internal sealed class RecurrenceTests
{
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    /// <summary>DTSTART;TZID=America/New_York:19970902T090000.</summary>
    private static readonly DateTimeOffset Start = new(1997, 9, 2, 9, 0, 0, TimeSpan.FromHours(-4));

    [TestCase("FREQ=DAILY;COUNT=10", "9/2 9/3 9/4 9/5 9/6 9/7 9/8 9/9 9/10 9/11")]
    [TestCase("FREQ=DAILY;INTERVAL=10;COUNT=5", "9/2 9/12 9/22 10/2 10/12")]
    [TestCase("FREQ=WEEKLY;COUNT=10", "9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4")]
    [TestCase("FREQ=WEEKLY;INTERVAL=2;UNTIL=19971007T000000Z", "9/2 9/16 9/30")]
    [TestCase("FREQ=MONTHLY;COUNT=3", "9/2 10/2 11/2")]
    public void Times_are_those_of_the_standard(string text, string expected)
    {
        Assert.That(Recurrence.TryParse(text, out var rule));
        var times = new List<DateTimeOffset>();
        for (var next = rule.Next(Start, Start.AddTicks(-1), NewYork); next is { } at; next = rule.Next(Start, at, NewYork))
        {
            times.Add(TimeZoneInfo.ConvertTime(at, NewYork));
        }

        Assert.That(string.Join(' ', times.Select(at => $"{at.Month}/{at.Day}")), Is.EqualTo(expected));

        // (1997 9:00 AM EDT) until 10/25, (1997 9:00 AM EST) from 10/26: the hour stays, the offset does not.
        Assert.That(times.Select(at => at.Hour), Is.All.EqualTo(9));
    }

    [Test]
    public void A_month_without_the_day_is_left_out()
    {
        Assert.That(Recurrence.TryParse("FREQ=MONTHLY", out var rule));
        var start = new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);

        Assert.That(rule.Next(start, start, TimeZoneInfo.Utc), Is.EqualTo(new DateTimeOffset(2026, 3, 31, 9, 0, 0, TimeSpan.Zero)));
    }

    [Test]
    public void An_hour_that_the_clocks_skip_is_read_with_the_offset_before()
    {
        Assert.That(Recurrence.TryParse("FREQ=DAILY", out var rule));
        var start = new DateTimeOffset(2026, 3, 7, 2, 30, 0, TimeSpan.FromHours(-5));

        Assert.That(rule.Next(start, start, NewYork), Is.EqualTo(new DateTimeOffset(2026, 3, 8, 7, 30, 0, TimeSpan.Zero)));
    }

    [TestCase("")]
    [TestCase("WEEKLY")]
    [TestCase("FREQ=YEARLY")]
    [TestCase("FREQ=weekly")]
    [TestCase("FREQ=WEEKLY;INTERVAL=0")]
    [TestCase("FREQ=WEEKLY;INTERVAL=99999999999")]
    [TestCase("FREQ=WEEKLY;COUNT=0")]
    [TestCase("FREQ=WEEKLY;COUNT=3;UNTIL=20270101T000000Z")]
    [TestCase("FREQ=WEEKLY;UNTIL=20270101")]
    [TestCase("FREQ=WEEKLY;UNTIL=00000101T000000Z")]
    [TestCase("FREQ=WEEKLY;BYDAY=MO")]
    [TestCase("FREQ=WEEKLY;FREQ=DAILY")]
    [TestCase("FREQ=WEEKLY;")]
    public void What_is_not_of_the_subset_is_none(string text) => Assert.That(Recurrence.TryParse(text, out _), Is.False);

    [Test]
    public void The_calendar_ends_without_a_time()
    {
        Assert.That(Recurrence.TryParse("FREQ=MONTHLY;INTERVAL=366", out var rule));

        Assert.That(rule.Next(new DateTimeOffset(9990, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(9998, 1, 1, 0, 0, 0, TimeSpan.Zero), NewYork), Is.Null);
    }
}
