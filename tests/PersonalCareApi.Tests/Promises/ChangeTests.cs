using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Whoever changes something says which version they saw, and what it was before stays to be read.</summary>
[TestFixture]
internal sealed class ChangeTests
{
    /// <summary>Changes of what is there that need no version, each with its reason.</summary>
    private static readonly Dictionary<string, string> WithoutAVersion = new()
    {
        ["WithdrawConsent"] = "withdrawing is as easy as giving",
        ["RecordGoalProgress"] = "adds a view beside the goal and changes nothing of it",
        ["LinkRepresentative"] = "adds a sign-in and changes nothing of the authority",
        ["DisagreeWithAssessment"] = "is said beside the assessment and changes nothing of it",
        ["DisagreeWithGoal"] = "is said beside the goal and changes nothing of it",
        ["DisagreeWithSessionNote"] = "is said beside the note and changes nothing of it",
        ["AddAddendum"] = "adds to a signed note and changes nothing of it",
        ["RecordInstrumentLicence"] = "adds a licence and changes none",
        ["AddConsentWordingVersion"] = "adds a version; one that is there never changes",
    };

    /// <summary>What is made of an item and has its version, by path, with where the others are.</summary>
    private static readonly Dictionary<string, string> MadeOfAVersion = new()
    {
        ["/v1/clients/{clientId}/consents/{id}/receipt"] = "each version of the consent has its own",
    };

    private static IReadOnlyList<Change> Changes =>
    [
        .. Operation.Of(RealProgram.Host)
            .Where(operation => operation.Pattern.Contains(" /v1/", StringComparison.Ordinal))
            .Select(Change.From)
            .OfType<Change>(),
    ];

    [Test]
    public void Every_patch_is_a_merge_patch_and_every_change_names_the_version_seen()
    {
        Assert.That(Changes, Has.Count.GreaterThan(10));
        Assert.That(Changes.Count(change => change.Method == "PATCH"), Is.GreaterThan(3));
        Assert.That(Changes.SelectMany(Faults), Is.Empty);
        Assert.That(WithoutAVersion.Keys.Except(Changes.Where(change => !change.NamesVersion).Select(change => change.Name)), Is.Empty, "An exception that is none any more.");
    }

    [TestCase("PATCH", "application/json", true, "x takes application/json")]
    [TestCase("PATCH", null, true, "x takes nothing")]
    [TestCase("PATCH", "application/merge-patch+json", false, "x asks for no If-Match")]
    [TestCase("POST", "application/json", false, "x asks for no If-Match")]
    [TestCase("DELETE", null, false, "x asks for no If-Match")]
    public void A_change_that_does_not_is_found(string method, string? mediaType, bool namesVersion, string fault) =>
        Assert.That(Faults(new Change("x", method, mediaType, namesVersion)), Is.EqualTo([fault]));

    [Test]
    public async Task What_is_declared_of_a_patch_is_enforced()
    {
        var record = await RealProgram.Host.NewClient("change-subject");
        var client = RealProgram.Host.As("change-subject", Personas.HarbourApp.Scopes);
        (await client.Post(Requests.Record(record, "/consents"), Requests.Permit(["all"]))).Expect(HttpStatusCode.Created);
        Api[] callers = [await RealProgram.Host.As("platform"), client, await RealProgram.Host.As("practitioner")];
        foreach (var patch in Operation.Of(RealProgram.Host).Where(operation => operation.Method == HttpMethod.Patch))
        {
            var path = patch.Path(record);
            var asJson = new List<Answer>();
            var unseen = new List<Answer>();
            foreach (var caller in callers)
            {
                using var json = new StringContent("{}", Encoding.UTF8, MediaTypes.Json);
                asJson.Add(await caller.Send(HttpMethod.Patch, path, json, ForTreatment));
                unseen.Add(await caller.Patch(path, new { }, ForTreatment));
            }

            // Who may not write is told that and nothing of the body; one of these may write each.
            Assert.That(asJson.Select(answer => answer.Status), Has.Some.EqualTo(HttpStatusCode.UnsupportedMediaType), patch.Pattern);
            Assert.That(unseen.Select(answer => answer.Status), Has.Some.EqualTo(HttpStatusCode.PreconditionRequired), patch.Pattern);
            Assert.That(
                asJson.Concat(unseen).Select(answer => (int)answer.Status), Is.All.AnyOf(403, 404, 415, 428), patch.Pattern);
        }
    }

    [Test]
    public void Every_item_of_a_record_has_its_versions()
    {
        var reads = Operation.Of(RealProgram.Host).Where(operation => operation.UnderRecord && operation.Method == HttpMethod.Get).ToList();
        var items = reads.Where(AnswersOne).Select(PathOf).Where(path => !path.Contains("/versions", StringComparison.Ordinal)).ToList();

        Assert.That(items, Has.Count.GreaterThan(4));
        Assert.That(WithoutVersions(items.Except(MadeOfAVersion.Keys), reads.Select(PathOf)), Is.Empty);
        Assert.That(MadeOfAVersion.Keys.Except(items), Is.Empty, "An exception that is none any more.");
    }

    [Test]
    public void An_item_without_its_versions_is_found() =>
        Assert.That(
            WithoutVersions(["/a/{id}", "/b/{id}", "/c/{id}"], ["/a/{id}/versions", "/a/{id}/versions/{version}", "/b/{id}/versions"]),
            Is.EqualTo(["/b/{id}/versions/{version}", "/c/{id}/versions", "/c/{id}/versions/{version}"]));

    private static (string, string) ForTreatment => ("Purpose-Of-Use", "TREAT");

    private static IEnumerable<string> Faults(Change change)
    {
        if (change.Method == "PATCH" && change.MediaType != MediaTypes.MergePatch)
        {
            yield return $"{change.Name} takes {change.MediaType ?? "nothing"}";
        }

        if (!change.NamesVersion && !WithoutAVersion.ContainsKey(change.Name))
        {
            yield return $"{change.Name} asks for no If-Match";
        }
    }

    private static IEnumerable<string> WithoutVersions(IEnumerable<string> items, IEnumerable<string> reads)
    {
        var there = reads.ToHashSet(StringComparer.Ordinal);
        return items.SelectMany(item => new[] { $"{item}/versions", $"{item}/versions/{{version}}" }).Where(path => !there.Contains(path));
    }

    private static bool AnswersOne(Operation operation) => operation.Endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
        .Any(answer => answer.StatusCode == 200 && typeof(IVersioned).IsAssignableFrom(answer.Type));

    /// <summary>The path without the constraints of its parameters.</summary>
    private static string PathOf(Operation operation) => "/" + string.Join('/', operation.Endpoint.RoutePattern.PathSegments.Select(segment =>
        segment.Parts[0] is RoutePatternParameterPart parameter ? $"{{{parameter.Name}}}" : ((RoutePatternLiteralPart)segment.Parts[0]).Content));

    /// <summary>An operation that changes what is there already: a PATCH, a DELETE, a fact about one item.</summary>
    private sealed record Change(string Name, string Method, string? MediaType, bool NamesVersion)
    {
        public static Change? From(Operation operation)
        {
            var segments = operation.Endpoint.RoutePattern.PathSegments;
            var aboutOne = segments.Count > 1
                && segments[^2].Parts[0] is RoutePatternParameterPart { Name: not "clientId" }
                && segments[^1].Parts[0] is RoutePatternLiteralPart;
            return operation.Method == HttpMethod.Patch || operation.Method == HttpMethod.Delete || (operation.Method == HttpMethod.Post && aboutOne)
                ? new Change(
                    operation.Name ?? operation.Pattern,
                    operation.Method.Method,
                    operation.Body?.MediaType,
                    operation.Endpoint.Metadata.GetMetadata<TakesPrecondition>() is not null)
                : null;
        }
    }
}
