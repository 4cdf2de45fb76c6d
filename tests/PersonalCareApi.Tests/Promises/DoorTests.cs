using System.Reflection;
using System.Runtime.CompilerServices;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Tests.Promises;

/// <summary>The few doors: to a grant, to a connection, to cryptography, and to the database without a client.</summary>
[TestFixture]
internal sealed class DoorTests
{
    private static readonly Assembly Program = typeof(Database).Assembly;
    private static readonly Assembly Domain = typeof(AccessGrant).Assembly;
    private static readonly Assembly Tests = typeof(DoorTests).Assembly;

    /// <summary>Who uses cryptography outside Protection, and what for. A new one belongs into Protection, or here with its reason.</summary>
    private static readonly Dictionary<string, string> Cryptographers = new()
    {
        ["PersonalCareApi.Domain.Ledger.LedgerChain"] = "the hash of the chain, which anybody can recompute",
        ["PersonalCareApi.Domain.Ledger.MerkleTree"] = "the hashes of the tree, which anybody can recompute",
        ["PersonalCareApi.Domain.Ledger.Checkpoint"] = "the hash that names a checkpoint in the next",
        ["PersonalCareApi.Domain.Notes.NoteDigest"] = "the content hash of a note, which whoever signs can recompute",
        ["PersonalCareApi.Pipeline.Cursors"] = "a digest of the filters in a cursor's purpose",
        ["PersonalCareApi.Pipeline.Idempotency"] = "the digest of a request, compared in constant time",
        ["PersonalCareApi.Development.DevelopmentIssuer"] = "the signing key of the made-up issuer",
    };

    /// <summary>Who goes past the grants, and by which reason. A new one is looked at by a person and then written here.</summary>
    private static readonly string[] WithoutAClient =
    [
        "PersonalCareApi.Background.BackgroundJobs: BackgroundWork",
        "PersonalCareApi.Data.Facts: Facts",
        "PersonalCareApi.Development.DemoPartners: DemoData",
        "PersonalCareApi.Development.DemoRecords: DemoData",
        "PersonalCareApi.Outgoing.ArchiveChunks: Archives",
        "PersonalCareApi.Outgoing.Exports.StoredExports: Archives",
        "PersonalCareApi.Outgoing.Research.StoredExtracts: Archives",
        "PersonalCareApi.Ledger.CheckpointRepository: Ledger",
        "PersonalCareApi.Ledger.LedgerVerification: Ledger",
        "PersonalCareApi.Ledger.WitnessWebhook: Ledger",
        "PersonalCareApi.Partners.ApplicationRepository: PartnerAdministration",
        "PersonalCareApi.Partners.AuditRepository: Audit",
        "PersonalCareApi.Partners.ConsentWordingRepository: PartnerAdministration",
        "PersonalCareApi.Partners.IssuerRepository: PartnerAdministration",
        "PersonalCareApi.Partners.PartnerNames: PartnerAdministration",
        "PersonalCareApi.Partners.PartnerRepository: PartnerAdministration",
        "PersonalCareApi.Partners.PractitionerRepository: PartnerAdministration",
        "PersonalCareApi.Pipeline.CallerDirectory: CallerLookup",
        "PersonalCareApi.Pipeline.Readiness: Health",
        "PersonalCareApi.Pipeline.ForgottenAnswers: Idempotency",
        "PersonalCareApi.Pipeline.Idempotency: Idempotency",
        "PersonalCareApi.Pipeline.IssuerDirectory: CallerLookup",
        "PersonalCareApi.Protection.ClientKeys: Keys",
        "PersonalCareApi.Protection.InstallationKeys: Keys",
        "PersonalCareApi.Protection.KeyRewrapping: Keys",
        "PersonalCareApi.Protection.KeyRotation: KeyRotation",
        "PersonalCareApi.Protection.ReceiptKeys: Keys",
        "PersonalCareApi.Records.Clients.Caseload: Facts",
        "PersonalCareApi.Records.Clients.ClientRepository: CallerLookup",
        "PersonalCareApi.Records.EmergencyAccesses.DueReviews: Facts",
        "PersonalCareApi.Records.Erasures.EraseRecord: Erasure",
        "PersonalCareApi.Records.Erasures.StoredErasures: Erasure",
        "PersonalCareApi.Records.Flags.EscalateFlag: Escalation",
        "PersonalCareApi.Records.Prompts.PromptHomes: Facts",
        "PersonalCareApi.Records.Representatives.RepresentativeRepository: CallerLookup",
        "PersonalCareApi.Reference.Instruments.InstrumentLicenceRepository: PartnerAdministration",
        "PersonalCareApi.Reference.Instruments.OwnInstrumentRepository: PartnerAdministration",
    ];

    [Test]
    public void A_grant_cannot_be_made_outside_the_domain()
    {
        Assert.That(typeof(AccessGrant).GetConstructors(), Is.Empty);
        Assert.That(typeof(AccessGrant).IsSealed);
        Assert.That(typeof(AccessGrant).GetMethod("<Clone>$"), Is.Null, "A record could be copied with another reach.");
        Assert.That(FriendsOf(Domain), Is.EqualTo(["PersonalCareApi.Domain.Tests"]));
        Assert.That(Forgeries(Program), Is.Empty);
    }

    [Test]
    public void Whoever_makes_a_grant_is_found()
    {
        Assert.That(Forgeries(Domain), Has.Some.Contains("Access.Answer"));
        Assert.That(Forgeries(Tests), Has.Some.Contains(nameof(Grants)));
        Assert.That(FriendsOf(Program), Does.Contain("PersonalCareApi.Tests"));
    }

    [Test]
    public void Only_the_folder_Data_opens_a_connection()
    {
        Assert.That(ConnectionsOutsideData(Program), Is.Empty);
        Assert.That(ConnectionsOutsideData(Domain), Is.Empty);
    }

    [Test]
    public void Whoever_opens_a_connection_elsewhere_is_found() =>
        Assert.That(ConnectionsOutsideData(Tests), Has.Some.StartsWith("PersonalCareApi.Tests.TestHost.OwnData names Microsoft.Data.Sqlite.SqliteConnection"));

    [Test]
    public void Only_Protection_and_a_few_by_name_use_cryptography()
    {
        var found = CryptographersIn(Program).Concat(CryptographersIn(Domain)).ToList();

        Assert.That(found, Is.EquivalentTo(Cryptographers.Keys));
        Assert.That(CryptographersIn(Tests), Does.Contain("PersonalCareApi.Tests.Pipeline.TokenMaker"));
    }

    [Test]
    public void Whoever_goes_past_the_grants_is_listed_with_the_reason()
    {
        Assert.That(CallersWithoutAClient(Program), Is.EquivalentTo(WithoutAClient));
        Assert.That(CallersWithoutAClient(Tests), Does.Contain("PersonalCareApi.Tests.Pipeline.AuthenticationHost: DemoData"));
        Assert.That(CallersWithoutAClient(Tests), Does.Contain($"{typeof(DoorTests).FullName}: computed"));
    }

    /// <summary>Planted: a reason that is not written where it is given. Nobody calls it.</summary>
    public static SystemScope Planted(Database database, SystemReason reason) => database.ForSystem(reason);

    private static IEnumerable<string> FriendsOf(Assembly assembly) =>
        assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName.Split(',')[0]);

    /// <summary>Places that could make a grant: its constructor, or the ways around constructors.</summary>
    private static List<string> Forgeries(Assembly assembly) =>
    [
        .. Il.Mentions(assembly)
            .Where(mention => mention switch
            {
                { Member: ".ctor", Target: "PersonalCareApi.Domain.Access.AccessGrant" } => true,
                { Member: "GetUninitializedObject" } => true,

                // With a type argument it is what new T() is compiled to, which takes public constructors only.
                { Target: "System.Activator", Member: not ("CreateInstance" + Il.GenericSuffix) } => true,
                { Target: "System.Reflection.ConstructorInfo", Member: "Invoke" } => true,
                _ => false,
            })
            .Select(mention => $"{mention.In} names {mention.Target}.{mention.Member}"),
        .. assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<UnsafeAccessorAttribute>() is not null)
            .Select(method => $"{method.DeclaringType} has the unsafe accessor {method.Name}"),
    ];

    private static List<string> ConnectionsOutsideData(Assembly assembly) =>
    [
        .. Il.Mentions(assembly)
            .Where(mention => mention.InNamespace != "PersonalCareApi.Data" && mention switch
            {
                { TargetNamespace: "Microsoft.Data.Sqlite" or "Microsoft.Data.SqlClient" } => true,
                { Target: "System.Data.Common.DbConnection" or "System.Data.IDbConnection" or "System.Data.Common.DbCommand" } => true,
                { Target: "Dapper.SqlMapper" } => true,
                { Target: "PersonalCareApi.Data.Database", Member: "Open" or "Read" } => true,
                { Target: "PersonalCareApi.Data.Dialect", Member: "Connect" or "get_ConnectionString" } => true,
                _ => false,
            })
            .Select(mention => $"{mention.In} names {mention.Target}.{mention.Member}")
            .Distinct(),
    ];

    /// <summary>To catch a failure of cryptography is no use of it.</summary>
    private static IEnumerable<string> CryptographersIn(Assembly assembly) =>
        Il.Mentions(assembly)
            .Where(mention => mention.TargetNamespace == "System.Security.Cryptography"
                && mention.Target != "System.Security.Cryptography.CryptographicException"
                && mention.InNamespace != "PersonalCareApi.Protection")
            .Select(mention => mention.In)
            .Distinct();

    private static IEnumerable<string> CallersWithoutAClient(Assembly assembly) =>
        Il.Mentions(assembly)
            .Where(mention => mention is { Target: "PersonalCareApi.Data.Database", Member: "ForSystem" })
            .Select(mention => $"{mention.In}: {(mention.Constant is { } reason ? (SystemReason)reason : "computed")}")
            .Distinct();
}
