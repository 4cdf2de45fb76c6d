using System.Data.Common;
using CsCheck;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>The rows that SQL gives under a grant are exactly those that the grant says it covers.</summary>
[OnEachDatabase]
internal sealed class ReachTests(TestDatabase database)
{
    private const int PageSize = 60;

    private const string TableOnSqlite = """
        CREATE TABLE item (
            id TEXT COLLATE NOCASE NOT NULL PRIMARY KEY,
            partner_id TEXT COLLATE NOCASE NOT NULL,
            client_id TEXT COLLATE NOCASE NOT NULL,
            labels INTEGER NOT NULL,
            author_id TEXT COLLATE NOCASE NOT NULL,
            part TEXT NOT NULL,
            occurred_at TEXT NOT NULL);
        CREATE INDEX ix_item ON item (client_id, occurred_at, id);
        """;

    private const string TableOnSqlServer = """
        CREATE TABLE item (
            id uniqueidentifier NOT NULL PRIMARY KEY,
            partner_id uniqueidentifier NOT NULL,
            client_id uniqueidentifier NOT NULL,
            labels bigint NOT NULL,
            author_id uniqueidentifier NOT NULL,
            part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
            occurred_at datetime2(6) NOT NULL);
        CREATE INDEX ix_item ON item (client_id, occurred_at, id);
        """;

    private const string SelectPage = $"""
        SELECT id, occurred_at
        FROM item
        WHERE {InReach.Where}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"SELECT COUNT(*) FROM item WHERE {InReach.Where}";

    private static readonly DateTimeOffset Day = new(2026, 5, 4, 9, 30, 0, TimeSpan.Zero);
    private static readonly Guid[] Authors = [Personas.PractitionerId, Personas.ColleagueId, Personas.ClientId, Personas.RepresentativeId];
    private static readonly string[] Parts = ["", "phq-9", "gad-7", "PHQ-9", "audit-c"];
    private static readonly Sensitivity[] Labels =
        [Sensitivity.Psy, Sensitivity.PsyThPn, Sensitivity.Sud, Sensitivity.EthUd, Sensitivity.Hiv, Sensitivity.Sex, Sensitivity.Unknown, (Sensitivity)(1L << 40)];

    // Instants fall together on purpose, and lie a microsecond apart, so that bounds are hit exactly.
    private static readonly Gen<DateTimeOffset> AnInstant = Gen.Int[-12, 12].Select(Gen.Int[-1, 1], (day, step) => Day.AddDays(day).AddMicroseconds(step));
    private static readonly Gen<Sensitivity> SomeLabels =
        Gen.OneOf(Gen.Const(Sensitivity.None), Gen.OneOf(Labels), Gen.OneOf(Labels).Array[1, 3].Select(some => some.Aggregate((all, one) => all | one)));

    private static readonly Gen<Sensitivity> SomeClosed =
        Gen.OneOf(SomeLabels, SomeLabels.Select(open => ~open), Gen.Const(Sensitivities.ClosingByDefault));

    private static readonly Gen<Period?> APeriod = Gen.OneOf(
        Gen.Const((Period?)null),
        Gen.Select(AnInstant, AnInstant, Gen.Int[0, 3], (from, until, open) =>
            (Period?)new Period((open & 1) == 0 ? from : null, (open & 2) == 0 ? until : null)));

    private static readonly Gen<Guid?> AnAuthor = Gen.OneOf(Gen.Const((Guid?)null), Gen.OneOf(Authors).Select(author => (Guid?)author));

    private static readonly Gen<PermitBox> APermit = Gen.Select(
        SomeClosed, AnAuthor, APeriod, Some(Authors), Some(Parts),
        (closed, owner, period, authors, parts) => new PermitBox { Closed = closed, OpenToAuthor = owner, DataPeriod = period, Authors = authors, Parts = parts });

    private static readonly Gen<DenyBox> ADeny = Gen.Select(
        SomeLabels, AnAuthor, APeriod, Some(Authors), Some(Parts),
        (labels, spared, period, authors, parts) => new DenyBox { Labels = labels, SparesAuthor = spared, DataPeriod = period, Authors = authors, Parts = parts });

    private static readonly Gen<Reach> AReachAlone = Gen.Select(
        APermit.Array[0, 3], ADeny.Array[0, 2], (permits, denies) => new Reach { Permits = permits, Denies = denies });

    private static readonly Gen<Reach> AReach = Gen.OneOf(
        AReachAlone, Gen.Select(AReachAlone, AReachAlone, (one, beside) => one with { Beside = beside }));

    private readonly List<Item> items = [];
    private readonly Dictionary<Guid, int> places = [];
    private OwnData? data;
    private DbConnection kept = null!;
    private Database reached = null!;

    // A server makes a plan for each new statement, which takes it longer than to run it.
    private int Cases => database == TestDatabase.Sqlite ? 2_000 : 200;

    private sealed record Item(Guid Id, Guid ClientId, ItemFacts Facts);

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required DateTimeOffset OccurredAt { get; init; }
    }

    [OneTimeSetUp]
    public void Fill()
    {
        ColumnTypes.Register();
        var dialect = Make();
        reached = new Database(dialect, new Resilience(dialect, TimeProvider.System));
        Register(Personas.Harbour, Personas.ClientId, Grants.AccessVersion);
        Register(Personas.Harbour, Personas.OtherClientId, Grants.AccessVersion);
        AddItems();
    }

    [OneTimeTearDown]
    public void Close()
    {
        kept.Dispose();
        data?.Dispose();
    }

    [Test]
    public void SQL_gives_exactly_the_rows_that_the_grant_covers() =>
        AReach.Sample(reach => Difference(reach, Grants.Reaching(reach)) is null, iter: Cases, print: Print);

    [Test]
    public void A_statement_under_several_grants_gives_each_record_its_own_reach() =>
        Gen.Select(AReach, AReach).Sample(
            (one, other) =>
            {
                var found = Run(ct => reached
                    .ForClients([Grants.Reaching(one), Grants.Reaching(other, Personas.OtherClientId)], DataCategory.Assessments)
                    .Query<Row>($"SELECT id, occurred_at FROM item WHERE {InReach.Where}", null, ct));
                return found.Select(row => row.Id).ToHashSet().SetEquals(items
                    .Where(item => (item.ClientId == Personas.ClientId ? one : other).Covers(item.Facts))
                    .Select(item => item.Id));
            },
            iter: Cases / 6,
            print: both => $"{Print(both.Item1)}\nand\n{Print(both.Item2)}");

    [Test]
    public void Under_more_grants_than_one_statement_can_bind_every_record_is_found()
    {
        var strangers = Enumerable.Range(1, 120).Select(number => Guid.Parse($"0197c000-0000-7000-8000-{number:x12}"));
        AccessGrant[] grants =
        [
            .. new[] { Personas.ClientId }.Concat(strangers).Append(Personas.OtherClientId).Select(client => Grants.Reaching(Reach.Everything, client)),
        ];

        var found = Run(ct => reached.ForClients(grants, DataCategory.Assessments).Query<Row>($"SELECT id, occurred_at FROM item WHERE {InReach.Where}", null, ct));

        Assert.That(found.Select(row => row.Id), Is.EquivalentTo(items.Select(item => item.Id)));
    }

    [Test]
    public void No_part_of_many_grants_binds_more_values_than_one_statement_takes() =>
        Gen.Select(AReach, Gen.Int[0, 900]).Array[0, 120].Sample(
            several =>
            {
                var grants = several.Select(one => Grants.Reaching(one.Item1 with { Beside = Naming(one.Item2) })).ToList();
                var parts = InReach.Parts(grants).ToList();
                return parts.SelectMany(part => part).SequenceEqual(grants)
                    && parts.All(part => part.Count is > 0 and <= 50 && Bound(part) <= InReach.MostValues);
            },
            iter: Cases / 60);

    [Test]
    public void A_reach_of_more_values_than_one_statement_takes_gives_the_same_rows() =>
        Gen.Select(AReach, Gen.Int[InReach.MostValues - 60, InReach.MostValues + 200], Gen.Int[0, 60]).Sample(
            (reach, before, between) =>
            {
                // The limit is met before, among and after the values that decide about rows; the others are of no row.
                var large = reach with
                {
                    Permits = [.. Naming(before).Permits, .. reach.Permits],
                    Denies = [new DenyBox { Parts = Codes("not", between) }, .. reach.Denies],
                };
                var grant = Grants.Reaching(large);
                return Bound([grant]) <= InReach.MostValues && Difference(large, grant) is null;
            },
            iter: Cases / 20,
            print: of => Print(of.Item1));

    [Test]
    public void A_reach_of_many_consents_binds_no_more_than_one_statement_takes_and_nests_no_deeper()
    {
        // A dozen consents of a hundred permits, and as many of denies, which all say something else of periods, labels, authors and parts.
        PermitBox[] permits = [.. Enumerable.Range(1, 1200).Select(number => new PermitBox
        {
            Closed = (Sensitivity)(long.MinValue + number),
            OpenToAuthor = Personas.ColleagueId,
            DataPeriod = new Period(Day.AddDays(-15).AddMicroseconds(number), Day.AddDays(-12).AddMinutes(number * 7)),
            Authors = [Authors[number % Authors.Length], Guid.Parse($"0197d000-0000-7000-8000-{number:x12}")],
        })];
        DenyBox[] denies = [.. Enumerable.Range(1, 1200).Select(number => new DenyBox
        {
            Labels = (Sensitivity)(number << 3),
            DataPeriod = new Period(Day.AddMicroseconds(-number), Day.AddHours(1200 - number)),
            Parts = [Parts[number % Parts.Length], $"own-{number}"],
        })];
        var reach = new Reach { Permits = permits, Denies = denies };
        var grant = Grants.Reaching(reach);

        Assert.That(reach.Permits.Count + reach.Denies.Count, Is.EqualTo(2400), "or they say the same");
        Assert.That(items.Count(item => item.ClientId == Personas.ClientId && reach.Covers(item.Facts)), Is.GreaterThan(5));
        Assert.That(Bound([grant]), Is.EqualTo(InReach.MostValues));
        Assert.That(Difference(reach, grant), Is.Null);
    }

    /// <summary>No item has such a part, since parts are codes; but if one had it, it would be closed.</summary>
    [TestCase("x') OR (part <> '")]
    [TestCase("Schläfrigkeit")]
    [TestCase("{=GrantValue0}")]
    [TestCase("@GrantValue0")]
    public void Beyond_the_limit_a_part_that_is_no_code_permits_nothing_and_denies_everything(string part)
    {
        var permitting = new PermitBox { Parts = ["phq-9", part] };
        var permitted = new Reach { Permits = [.. Naming(InReach.MostValues).Permits, permitting] };
        var denied = new Reach
        {
            Permits = [.. Naming(InReach.MostValues).Permits, new PermitBox { Closed = Sensitivity.Hiv }],
            Denies = [new DenyBox { Parts = ["gad-7", part] }],
        };

        Assert.That(Difference(new Reach { Permits = [new PermitBox { Parts = ["phq-9"] }] }, Grants.Reaching(permitted)), Is.Null);
        Assert.That(Difference(Reach.Nothing, Grants.Reaching(denied)), Is.Null);
        Assert.That(InReach.Fill(CountAll, [Grants.Reaching(permitted), Grants.Reaching(denied)], new DynamicParameters()), Does.Not.Contain(part + "'"));
    }

    [Test]
    public void A_value_that_is_compared_often_is_bound_once()
    {
        var period = new Period(Day, Day.AddDays(1));
        var reach = new Reach
        {
            Permits = [.. Authors.Select(author => new PermitBox { Closed = Sensitivity.Hiv, OpenToAuthor = Personas.PractitionerId, DataPeriod = period, Authors = [author] })],
            Denies = [.. Authors.Select(author => new DenyBox { Labels = Sensitivity.Hiv, DataPeriod = period, Authors = [author], Parts = ["phq-9", "gad-7"] })],
        };

        Assert.That(Bound([Grants.Reaching(reach)]) - Bound([Grants.Reaching(Reach.Everything)]), Is.EqualTo(Authors.Length + 5));
    }

    private static Reach Naming(int parts) => new() { Permits = [new PermitBox { Parts = Codes("own", parts) }] };

    private static string[] Codes(string prefix, int count) => [.. Enumerable.Range(0, count).Select(number => $"{prefix}-{number}")];

    private static int Bound(IReadOnlyList<AccessGrant> grants)
    {
        var parameters = new DynamicParameters();
        InReach.Fill($"SELECT id FROM item WHERE {InReach.Where}", grants, parameters);
        return parameters.ParameterNames.Count();
    }

    [Test]
    public void A_reach_that_SQL_does_not_keep_is_found()
    {
        var denied = new Reach { Permits = [new PermitBox()], Denies = [new DenyBox { Labels = Sensitivity.Hiv }] };
        var spared = new Reach { Permits = [new PermitBox()], Denies = [new DenyBox { SparesAuthor = Personas.PractitionerId }] };
        var closed = new Reach { Permits = [new PermitBox { Closed = Sensitivity.Sud, OpenToAuthor = Personas.PractitionerId }] };

        // Each grant reaches something else than what it is compared with, as SQL would that forgot a criterion.
        Assert.That(Difference(denied, Grants.Reaching(Reach.Everything)), Does.StartWith("count"));
        Assert.That(Difference(spared, Grants.Reaching(spared with { Denies = [new DenyBox()] })), Does.StartWith("count"));
        Assert.That(Difference(closed, Grants.Reaching(new Reach { Permits = [new PermitBox { Closed = Sensitivity.Sud }] })), Does.StartWith("count"));
        Assert.That(Difference(Reach.Everything, Grants.Reaching(Reach.Everything, Personas.OtherClientId)), Is.Not.Null);
        Assert.That(Difference(closed with { Beside = denied }, Grants.Reaching(closed)), Does.StartWith("count"));
    }

    /// <summary>Counts, and reads page by page; null where both are just what <see cref="Reach.Covers"/> says.</summary>
    private string? Difference(Reach reach, AccessGrant grant)
    {
        var expected = items
            .Where(item => item.ClientId == Personas.ClientId && reach.Covers(item.Facts))
            .OrderByDescending(item => item.Facts.OccurredAt).ThenByDescending(item => places[item.Id])
            .Select(item => item.Id)
            .ToList();
        var scope = reached.ForClient(grant, DataCategory.Assessments);
        var read = new List<Guid>();
        for (Row? last = null; ;)
        {
            var page = Run(ct => scope.QueryPage<Row>(SelectPage, CountAll, new { AfterAt = last?.OccurredAt, AfterId = last?.Id }, PageSize, ct));
            if (page.Total != expected.Count)
            {
                return $"count: {page.Total}, not {expected.Count}";
            }

            read.AddRange(page.Items.Select(row => row.Id));
            if (!page.HasMore)
            {
                return read.SequenceEqual(expected) ? null : $"rows: {read.Count} others than the {expected.Count}";
            }

            last = page.Items[^1];
        }
    }

    // CsCheck's samples are synchronous, and so is SQLite behind the tasks.
    private static T Run<T>(Func<CancellationToken, Task<T>> read) => read(CancellationToken.None).GetAwaiter().GetResult();

    private static Gen<IReadOnlyList<T>?> Some<T>(T[] values) => Gen.OneOf(
        Gen.Const((IReadOnlyList<T>?)null), Gen.OneOf(values).Array[0, 3].Select(some => (IReadOnlyList<T>?)some));

    private static string Print(Reach reach) => System.Text.Json.JsonSerializer.Serialize(reach);

    private void AddItems()
    {
        var number = 0;
        Item Made(Guid client, ItemFacts facts) => new(Guid.Parse($"0197b000-0000-7000-8000-{++number * 7919L % 99991L:x12}"), client, facts);
        var made = Gen.Select(
            SomeLabels, Gen.OneOf(Authors), Gen.OneOf(Parts), AnInstant, Gen.OneOf(Personas.ClientId, Personas.ClientId, Personas.OtherClientId),
            (labels, author, part, at, client) => Made(client, new ItemFacts(labels, author, part, at)));
        items.AddRange(made.Array[240].Single());

        // Of each label one by each author, so that no criterion is without an item that it decides about.
        items.AddRange(Labels.SelectMany(_ => Authors, (label, author) => Made(Personas.ClientId, new ItemFacts(label, author, Parts[1], Day))));
        foreach (var item in items)
        {
            kept.Execute(
                """
                INSERT INTO item (id, partner_id, client_id, labels, author_id, part, occurred_at)
                VALUES (@Id, @PartnerId, @ClientId, @Labels, @AuthorId, @Part, @OccurredAt)
                """,
                new { item.Id, PartnerId = Personas.Harbour.Id, item.ClientId, Labels = (long)item.Facts.Labels, item.Facts.AuthorId, item.Facts.Part, item.Facts.OccurredAt });
        }

        // Each database has its own order of guids; that of a page is the database's.
        foreach (var (place, id) in kept.Query<Guid>("SELECT id FROM item ORDER BY id").Index())
        {
            places.Add(id, place);
        }
    }

    private void Register(DemoPartner partner, Guid clientId, long accessVersion)
    {
        var row = new { partner.Id, partner.Code, partner.Name, ClientId = clientId, AccessVersion = accessVersion, Grants.PartnerAccessVersion, Content = new byte[1], Now = Day };
        kept.Execute(
            """
            INSERT INTO partner (id, code, name, access_version, default_rule, closing, part2_programme, age_of_consent, ages_by_purpose, requires_flag_reader, created_at)
            SELECT @Id, @Code, @Name, @PartnerAccessVersion, 'opt-in', 0, 0, 16, '{}', 0, @Now
            WHERE NOT EXISTS (SELECT 1 FROM partner WHERE id = @Id);
            INSERT INTO client (client_id, partner_id, version, access_version, labels, author_id, part, occurred_at, content, created_at, updated_at)
            VALUES (@ClientId, @Id, 1, @AccessVersion, 0, @ClientId, '', @Now, @Content, @Now, @Now);
            """,
            row);
    }

    /// <summary>A migrated database with the table of items; the embedded one in memory.</summary>
    private Dialect Make()
    {
        if (database == TestDatabase.Sqlite)
        {
            kept = Statements.Migrated();
            kept.Execute(TableOnSqlite);
            return new SqliteDialect(kept.ConnectionString);
        }

        data = new OwnData(database);
        new MigrationRunner(data.Dialect, NullLogger<MigrationRunner>.Instance).Run();
        kept = data.Open();
        kept.Execute(TableOnSqlServer);
        return data.Dialect;
    }
}
