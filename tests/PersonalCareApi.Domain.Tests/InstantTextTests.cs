using System.Globalization;

namespace PersonalCareApi.Domain.Tests;

/// <summary>Instants are written as the formats in letters write them, and read again.</summary>
[TestFixture]
internal sealed class InstantTextTests
{
    private static readonly DateTimeOffset[] Edges =
    [
        DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch,
        new(2026, 5, 4, 9, 30, 0, TimeSpan.FromHours(2)), new(2024, 2, 29, 23, 59, 59, 999, 999, TimeSpan.Zero),
        new(639_000_000_000_000_001, TimeSpan.Zero), new(639_000_000_000_000_010, TimeSpan.FromHours(-11)), new(639_000_000_001_000_000, TimeSpan.Zero),
    ];

    private static IEnumerable<DateTimeOffset> Instants()
    {
        var random = new Random(20261123);
        return Edges.Concat(Enumerable.Range(0, 2000).Select(number => new DateTimeOffset(
            random.NextInt64(DateTime.MaxValue.Ticks) / Precision(number) * Precision(number), TimeSpan.Zero)));

        static long Precision(int number) => (long)Math.Pow(10, number % 9);
    }

    [Test]
    public void Both_forms_are_those_of_the_formats()
    {
        foreach (var instant in Instants())
        {
            Assert.That(InstantText.Fixed(instant), Is.EqualTo(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)));
            Assert.That(InstantText.Short(instant), Is.EqualTo(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture)));
        }
    }

    [Test]
    public void What_was_written_is_read_to_the_microsecond()
    {
        foreach (var instant in Instants())
        {
            var read = InstantText.ParseFixed(InstantText.Fixed(instant));
            Assert.That(read.UtcTicks, Is.EqualTo(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond)));
            Assert.That(read.Offset, Is.EqualTo(TimeSpan.Zero));
        }
    }

    [TestCase("")]
    [TestCase("2026-05-04T09:30:00Z")]
    [TestCase("2026-05-04T09:30:00.0000000Z")]
    [TestCase("2026-05-04T09:30:00.000000+")]
    [TestCase("2026-05-04T09:30:00,000000Z")]
    [TestCase("2026-02-30T09:30:00.000000Z")]
    [TestCase("2026-05-04T24:30:00.000000Z")]
    [TestCase("2026-05-04 09:30:00.000000Z")]
    [TestCase("2026-05-04T09:30:00.00000xZ")]
    public void Anything_else_is_refused(string text) => Assert.That(() => InstantText.ParseFixed(text), Throws.InstanceOf<FormatException>());
}
