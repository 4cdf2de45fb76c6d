using System.Net;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>In Production nothing of a Development server is left, even on its database.</summary>
[OnEachDatabase]
internal sealed class ProductionTests(TestDatabase database)
{
    private ApiHost development = null!;
    private ApiHost production = null!;

    [OneTimeSetUp]
    public void Start()
    {
        development = new ApiHost(database);
        Assert.That(development.Services, Is.Not.Null);
        production = new ApiHost(development.Data, "Production");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await production.DisposeAsync();
        await development.DisposeAsync();
    }

    [Test]
    public async Task Nothing_of_the_Development_server_is_mapped()
    {
        var ofDevelopment = Operation.Of(development).Where(operation => operation.Pattern.Contains(" /dev", StringComparison.Ordinal)).ToList();

        Assert.That(ofDevelopment, Has.Count.GreaterThan(4));
        Assert.That(await Answering(ofDevelopment, production), Is.Empty);
        Assert.That(await Answering(ofDevelopment, development), Is.Not.Empty, "The planted violation: a server that has them.");
        Assert.That(
            Operation.Of(development).Select(operation => operation.Pattern).Except(Operation.Of(production).Select(operation => operation.Pattern)),
            Is.EquivalentTo(ofDevelopment.Select(operation => operation.Pattern)));
    }

    [Test]
    public async Task A_token_of_the_Development_issuer_is_not_believed()
    {
        var issuer = Personas.HarbourApp;
        var token = ((DevelopmentIssuer)development.Services.GetService(typeof(DevelopmentIssuer))!)
            .Issue(issuer.Partner.Code, "practitioner", issuer.Code, "demographics:read");

        (await development.WithToken(token).Get("/v1/me")).Expect(HttpStatusCode.OK);
        (await production.WithToken(token).Get("/v1/me")).Expect(HttpStatusCode.Unauthorized);
        Assert.That(production.Services.GetService(typeof(DevelopmentIssuer)), Is.Null);
        Assert.That(production.Services.GetService(typeof(AdjustableClock)), Is.Null);
    }

    [Test]
    public async Task It_starts_on_an_empty_folder_and_registers_nobody()
    {
        await using var fresh = new ApiHost(database, "Production");
        (await fresh.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.OK);

        using var beside = fresh.OpenDatabase();
        Assert.That(
            beside.ExecuteScalar<long>("SELECT (SELECT COUNT(*) FROM partner) + (SELECT COUNT(*) FROM client) + (SELECT COUNT(*) FROM issuer)"), Is.Zero);
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    [TestCase("/openapi/v1.json")]
    [TestCase("/swagger/index.html")]
    [TestCase("/problems")]
    [TestCase("/.well-known/jwks.json")]
    public async Task What_integrators_and_operators_need_is_there(string path) =>
        (await production.Anonymous().Get(path)).Expect(HttpStatusCode.OK);

    [Test]
    public async Task The_document_offers_no_sign_in_of_a_Development_server()
    {
        Assert.That((await production.Anonymous().Get("/openapi/v1.json")).Text, Does.Not.Contain("/dev/"));
        Assert.That((await development.Anonymous().Get("/openapi/v1.json")).Text, Does.Contain("/dev/token"));
    }

    private static async Task<List<string>> Answering(IEnumerable<Operation> operations, ApiHost host)
    {
        var answering = new List<string>();
        foreach (var operation in operations)
        {
            var answer = await operation.Call(host.Anonymous(), Personas.ClientId);
            if (answer.Status != HttpStatusCode.NotFound)
            {
                answering.Add($"{operation.Pattern}: {answer.Status}");
            }
        }

        return answering;
    }
}
