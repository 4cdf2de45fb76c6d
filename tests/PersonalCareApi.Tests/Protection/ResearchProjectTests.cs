using PersonalCareApi.Protection;

namespace PersonalCareApi.Tests.Protection;

/// <summary>Nobody's days in an extract are their true ones.</summary>
[TestFixture]
internal sealed class ResearchProjectTests
{
    private static readonly ResearchProject Project = new([.. Enumerable.Range(0, 32).Select(number => (byte)number)]);

    [Test]
    public void Everybody_is_moved_by_up_to_half_a_year_either_way()
    {
        var shifts = Enumerable.Range(0, 20_000).Select(number => Project.ShiftInDays(Client(number))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shifts.Distinct().Order(), Is.EqualTo(Enumerable.Range(-182, 365).Where(days => days != 0)));
            Assert.That(shifts.Average(), Is.Zero.Within(3));
        }
    }

    [Test]
    public void A_project_moves_the_same_client_by_the_same_days_for_ever() =>
        Assert.That(Enumerable.Range(0, 5).Select(number => Project.ShiftInDays(Client(number))), Is.EqualTo(new[] { -127, 167, -77, 42, 155 }));

    private static Guid Client(int number) => new(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
}
