using System.Reflection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Every repository of a record stands behind a grant, and every statement on an item asks for its reach.</summary>
[TestFixture]
internal sealed class RepositoryTests
{
    /// <summary>Methods that take no grant, each with its reason.</summary>
    private static readonly Dictionary<string, string> WithoutAGrant = new()
    {
        ["ClientRepository.IdByExternalId"] = "gives an id alone; the record is decided about before anything of it is shown",
    };

    /// <summary>Statements that touch items outside a grant's reach, each with its reason.</summary>
    private static readonly Dictionary<string, string> OutsideReach = new()
    {
        ["Facts.Select"] = "reads what the decision itself needs, and nobody is shown it",
        ["Facts.SelectVersions"] = "reads versions alone, to compare what is remembered with",
        ["Caseload.Candidates"] = "narrows to ids that the engine then decides about, each by itself",
        ["Caseload.CandidatesOfPartner"] = "narrows to ids that the engine then decides about, each by itself",
        ["ClientScope.StillDecidedSo"] = "compares versions alone",
        ["WriteUnit.StillDecidedSo"] = "compares versions alone",
        ["WriteUnit.ClientWasTold"] = "counts the notice of an emergency that the engine named, and nobody is shown it",
        ["DueReviews.Candidates"] = "narrows to ids that the engine then decides about, each by itself",
        ["ClientWrites.DropVersions"] = "goes with the deletion of its item, which was in reach or undoes the unit",
        ["ClientWrites.HoldRecord"] = "changes nothing and shows nothing: others who write on the record of the grant wait for the commit",
        ["WriteUnit.RaiseAccessVersion"] = "makes decisions outdated; the write it belongs to was in reach",
        ["KeyRotation.RaiseAccessVersion"] = "makes decisions outdated, so that nothing is committed that an older key sealed",
        ["EscalateFlag.Select"] = "reads what is sealed to seal it again for the next version, and nobody is shown it",
        ["EscalateFlag.Update"] = "says that a flag which nobody acknowledged has escalated, and shows nothing of it",
        ["PromptHomes.SelectCategory"] = "tells the decision in which category to decide, and nobody is shown it",
        ["StoredExports.Select"] = "finds the archive that a job is about, by its id, and nobody is shown it",
        ["StoredExports.Update"] = "says how the building of an archive ended; every category in it was decided in the same unit",
        ["StoredExports.SelectChanges"] = "counts changes of items, and shows none",
        ["StoredExtracts.SelectClients"] = "narrows to ids that the engine then decides about, each by itself",
        ["StoredExtracts.CountClients"] = "counts the partner's records, to say how far a job is",
        ["StoredExtracts.SelectVersions"] = "compares versions alone",
        ["StoredErasures.MarkClient"] = "closes the record, in the unit of the client's own request",
        ["EraseRecord.LastEntry"] = "finds how long a category must be kept, and shows nothing of it",
        ["EraseRecord.Unlink"] = "takes the sign-ins of a record away that its client had erased",
        ["EraseRecord.SelectVersion"] = "is needed to blank the row of an erased client",
        ["EraseRecord.BlankClient"] = "takes away who an erased client was",
        ["EraseRecord.RemoveClient"] = "takes the last of an erased record away",
        ["ErasedTable.Count"] = "counts what is taken away",
        ["ErasedTable.Delete"] = "takes away what the client had erased, and shows none of it",
        ["SealedColumn.Select"] = "reads what is sealed to seal it again, and nobody is shown it",
        ["SealedColumn.Replace"] = "puts the same content in its place, sealed again",
        ["LedgerVerification.SelectClientsWithoutChain"] = "names ids whose chain is gone to the operator, and nothing else of them",
        ["DemoRecords.Exists"] = "seeds a Development server",
    };

    [Test]
    public void Every_method_of_a_records_repository_takes_the_grant_first()
    {
        var repositories = typeof(Database).Assembly.GetTypes().Where(IsRecordsRepository).ToList();

        Assert.That(repositories, Has.Count.GreaterThan(4));
        Assert.That(repositories.SelectMany(FaultsOfMethods), Is.Empty);
        Assert.That(WithoutAGrant.Keys.Where(name => !repositories.Any(type => name == $"{type.Name}.{name.Split('.')[1]}" && type.GetMethod(name.Split('.')[1]) is not null)),
            Is.Empty, "An exception that is none any more.");
    }

    [TestCase(nameof(PlantedRepository.ByClient), "takes no grant first")]
    [TestCase(nameof(PlantedRepository.GrantLast), "takes no grant first")]
    [TestCase(nameof(PlantedRepository.Both), "takes a client's id beside the grant")]
    [TestCase(nameof(PlantedRepository.Open), "hands out what is bound to no grant")]
    public void A_method_that_does_not_is_found(string method, string fault) =>
        Assert.That(FaultsOfMethods(typeof(PlantedRepository)), Has.Some.EqualTo($"{nameof(PlantedRepository)}.{method} {fault}"));

    [Test]
    public void A_method_that_takes_the_grant_first_is_no_fault() =>
        Assert.That(FaultsOfMethods(typeof(PlantedRepository)), Has.None.Contains(nameof(PlantedRepository.Sound)));

    [Test]
    public void Every_statement_on_an_item_asks_for_the_reach_of_a_grant()
    {
        using var sqlite = Statements.Migrated();
        var items = SqliteSchema.Of(sqlite).OfClientData;
        var statements = Statements.In(typeof(Database).Assembly);

        Assert.That(items, Is.SupersetOf(["client", "assessment", "consent", "care_relationship", "item_version"]));
        Assert.That(OutsideTheReach(statements, items), Is.EquivalentTo(OutsideReach.Keys));
    }

    [TestCase("SELECT content FROM assessment WHERE client_id = @ClientId")]
    [TestCase("UPDATE consent SET status = 'active' WHERE id = @Id")]
    [TestCase("DELETE FROM assessment WHERE id = @Id")]
    [TestCase("SELECT p.id FROM partner AS p WHERE EXISTS (SELECT 1 FROM client AS c WHERE c.partner_id = p.id)")]
    [TestCase("SELECT id FROM partner; SELECT id FROM consent WHERE client_id IN @Ids")]
    [TestCase("SELECT id FROM consent WHERE client_id = @ClientId UNION ALL SELECT id FROM assessment WHERE /*in-reach*/ 0 = 1 /*in-reach*/")]
    [TestCase("SELECT id FROM assessment WHERE /*in-reach*/ 0 = 1 /*in-reach*/ OR id = @Id")]
    [TestCase("SELECT id FROM assessment WHERE NOT (/*in-reach*/ 0 = 1 /*in-reach*/)")]
    public void A_statement_that_does_not_is_found(string sql) =>
        Assert.That(OutsideTheReach([new Statement("Planted", sql)], new HashSet<string> { "client", "consent", "assessment" }), Is.EqualTo(["Planted"]));

    [TestCase("SELECT content FROM assessment WHERE /*in-reach*/ 0 = 1 /*in-reach*/ AND id = @Id")]
    [TestCase("SELECT COUNT(*) FROM (SELECT id FROM assessment WHERE (/*in-reach*/ 0 = 1 /*in-reach*/ AND part = @Part) AND id = @Id) AS one")]
    [TestCase("SELECT name FROM practitioner WHERE id = @Id")]
    [TestCase("INSERT INTO assessment (id) VALUES (@Id)")]
    public void A_statement_that_does_is_no_fault(string sql) =>
        Assert.That(OutsideTheReach([new Statement("Sound", sql)], new HashSet<string> { "client", "consent", "assessment" }), Is.Empty);

    private static bool IsRecordsRepository(Type type) =>
        type.Name.EndsWith("Repository", StringComparison.Ordinal)
        && type.Namespace?.StartsWith("PersonalCareApi.Records", StringComparison.Ordinal) == true;

    private static IEnumerable<string> FaultsOfMethods(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var method in type.GetMethods(All).Where(method => !method.IsPrivate && !method.IsSpecialName))
        {
            var name = $"{type.Name}.{method.Name}";
            if (WithoutAGrant.ContainsKey(name))
            {
                continue;
            }

            var parameters = method.GetParameters();
            var takesGrant = parameters is [{ ParameterType: var first }, ..]
                && (first == typeof(AccessGrant) || first == typeof(IReadOnlyList<AccessGrant>));
            if (!takesGrant)
            {
                yield return $"{name} takes no grant first";
            }
            else if (parameters.Any(parameter => string.Equals(parameter.Name, "clientId", StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"{name} takes a client's id beside the grant";
            }

            if (method.ReturnType == typeof(Database) || method.ReturnType == typeof(SystemScope))
            {
                yield return $"{name} hands out what is bound to no grant";
            }
        }
    }

    private static IEnumerable<string> OutsideTheReach(IEnumerable<Statement> statements, IReadOnlySet<string> items) =>
        statements.Where(statement => new Reading(items).See(Marked(statement.Sql)).Unbound).Select(statement => statement.Name).Distinct();

    /// <summary>The marker as a condition that the parser keeps, and lists as it takes them.</summary>
    private static string Marked(string sql) => new Statement("", sql.Replace(InReach.Where, $"{Reading.Marker} = 1", StringComparison.Ordinal)).Forms("").First();

    /// <summary>Whether some query reads or changes an item and no condition that must hold asks for the reach.</summary>
    private sealed class Reading(IReadOnlySet<string> items) : TSqlFragmentVisitor
    {
        public const string Marker = "in_the_reach";
        private int bound;

        public bool Unbound { get; private set; }

        public override void ExplicitVisit(QuerySpecification node) => Within(node.WhereClause, node.FromClause, () => base.ExplicitVisit(node));

        public override void ExplicitVisit(UpdateSpecification node) => Within(node.WhereClause, node.FromClause, () => base.ExplicitVisit(node));

        public override void ExplicitVisit(DeleteSpecification node) => Within(node.WhereClause, node.FromClause, () => base.ExplicitVisit(node));

        // What is inserted is asked about before, by the grant itself.
        public override void ExplicitVisit(InsertSpecification node) => node.InsertSource.Accept(this);

        public override void ExplicitVisit(NamedTableReference node)
        {
            if (bound == 0 && items.Contains(node.SchemaObject.BaseIdentifier.Value))
            {
                Unbound = true;
            }
        }

        /// <summary>A query that joins what a bound query inside it gave is bound by it.</summary>
        private void Within(WhereClause? where, FromClause? from, Action visit)
        {
            var binds = Asks(where?.SearchCondition)
                || (from?.TableReferences.Any(BindsByJoin) ?? false);
            bound += binds ? 1 : 0;
            visit();
            bound -= binds ? 1 : 0;
        }

        private static bool BindsByJoin(TableReference table) => table switch
        {
            QueryDerivedTable { QueryExpression: QuerySpecification inner } => Asks(inner.WhereClause?.SearchCondition),
            QualifiedJoin { QualifiedJoinType: QualifiedJoinType.Inner } join =>
                BindsByJoin(join.FirstTableReference) || BindsByJoin(join.SecondTableReference),
            _ => false,
        };

        /// <summary>Under OR or NOT it would not have to hold.</summary>
        private static bool Asks(BooleanExpression? condition) => condition switch
        {
            BooleanBinaryExpression { BinaryExpressionType: BooleanBinaryExpressionType.And } both => Asks(both.FirstExpression) || Asks(both.SecondExpression),
            BooleanParenthesisExpression inner => Asks(inner.Expression),
            BooleanComparisonExpression { FirstExpression: ColumnReferenceExpression column } =>
                column.MultiPartIdentifier.Identifiers[^1].Value == Marker,
            _ => false,
        };
    }

    /// <summary>What a repository must not look like.</summary>
    private sealed class PlantedRepository
    {
        public static void ByClient(Guid clientId, AccessGrant grant) => throw new NotSupportedException($"{clientId} {grant}");

        public static void GrantLast(Guid id, AccessGrant grant) => throw new NotSupportedException($"{id} {grant}");

        public static void Both(AccessGrant grant, Guid clientId) => throw new NotSupportedException($"{clientId} {grant}");

        public static SystemScope Open(AccessGrant grant) => throw new NotSupportedException(grant.ToString());

        public static void Sound(AccessGrant grant, Guid id) => throw new NotSupportedException($"{id} {grant}");
    }
}
