using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Beside its answers the program says nothing about people: logs, traces and metrics carry ids and codes at most.</summary>
/// <remarks>
/// Logs are read down to the lowest level, whatever an operator sets, and what is listened to is every source and every meter
/// of the process, so that one that a library brings is heard as well.
/// </remarks>
[OnEachDatabase]
internal sealed class SaidAsideTests(TestDatabase database)
{
    private const string Family = "Quartzmeisterin";
    private const string ExternalId = "EXT-Mandragora-4711";
    private const string Subject = "subject-Wolkenheim-12";
    private const string Words = "dreamt of the Leuchtturmwirt";
    private const string Sought = "Leuchtturmwirt";

    private static readonly string[] Planted = [Family, ExternalId, Subject, Words, Sought];

    [Test]
    public async Task No_planted_word_is_in_any_log_trace_or_metric_or_problem()
    {
        using var heard = new Heard();
        await using var host = new ApiHost(database) { Settings = new Dictionary<string, string> { ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace", ["Logging:Console:LogLevel:Default"] = "None", ["Logging:Console:LogLevel:Microsoft.AspNetCore"] = "None" } };

        var problems = await Live(host);

        var said = heard.All.Concat(host.Log.All.Split('\n').Select(line => ("log", line))).Concat(problems.Select(problem => ("problem", problem))).ToList();
        Assert.That(Leaks(said), Is.Empty);
        Assert.That(heard.All.Select(one => one.Kind).Distinct(), Is.EquivalentTo(["metric", "trace"]), "All are listened to.");
        Assert.That(host.Log.All, Does.Contain("Trace").And.Contain("Debug"));
    }

    [Test]
    public void A_planted_word_is_found_wherever_it_is_said()
    {
        using var heard = new Heard();
        using var source = new ActivitySource("planted");
        using var meter = new Meter("planted");
        using (var activity = source.StartActivity($"read of {Family}"))
        {
            activity!.SetTag("what", Words).AddEvent(new ActivityEvent(Subject)).SetStatus(ActivityStatusCode.Error, ExternalId);
        }

        meter.CreateCounter<int>("reads").Add(1, new KeyValuePair<string, object?>("of", Family));
        Assert.That(Leaks(heard.All).Select(leak => leak.Split(':')[0]).Distinct(), Is.EquivalentTo(["trace", "metric"]));
        foreach (var word in new[] { Family, Words, Subject, ExternalId })
        {
            Assert.That(Leaks(heard.All).Any(leak => leak.Contains(word, StringComparison.Ordinal)), word);
        }
    }

    /// <summary>A record with words in every place that takes some, and requests that are refused with words in them.</summary>
    /// <returns>What the refusals said.</returns>
    private static async Task<List<string>> Live(ApiHost host)
    {
        var platform = await host.As("platform");
        var practitioner = await host.As("practitioner");
        var clientId = (await platform.Put($"/v1/clients/by-external-id/{ExternalId}", new
        {
            subject = Subject,
            name = new { given = "Zebulonia", family = Family },
            birthDate = "1987-11-23",
            careRelationships = new[] { new { practitionerId = Personas.PractitionerId } },
        }, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Created).Id;
        var client = host.As(Subject, Personas.HarbourApp.Scopes);
        (await client.Post(Record(clientId, "/consents"), Permit(["demographics", "assessments", "goals", "session-notes"]))).Expect(HttpStatusCode.Created);
        var assessment = (await practitioner.Post(Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, $"/assessments/{assessment.Id}/disagreements"), new { text = Words })).Expect(HttpStatusCode.Created);
        (await practitioner.Post(Record(clientId, "/process-notes"), new { text = Words })).Expect(HttpStatusCode.Created);
        var draft = (await practitioner.Post(Record(clientId, "/session-notes"), new
        {
            format = "narrative",
            session = new { startAt = "2026-05-04T09:30:00Z", medium = "phone" },
            content = new { narrative = Words },
            modalities = new[] { "cbt" },
        })).Expect(HttpStatusCode.Created);
        (await practitioner.Get(draft.Header("Location")!)).Expect(HttpStatusCode.OK);
        (await client.Post(Record(clientId, "/alliance-check-ins"), new { value = 9, note = Words })).Expect(HttpStatusCode.Created);
        (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);

        Answer[] refused =
        [
            await practitioner.Post(Record(clientId, "/assessments"), new { instrument = Words, answers = new[] { new { item = Words, value = 1 } } }),
            await practitioner.Post(Record(clientId, "/process-notes"), new { text = 1, because = Words }),
            await client.Post(Record(clientId, "/goals"), new { statement = new[] { Words } }),
            await client.Get(Record(clientId, $"/assessments?instrument={Sought}&from={Sought}")),
            await client.Get(Record(clientId, $"/{Sought}")),
            await client.Get(Record(clientId), ("Purpose-Of-Use", Sought)),
            await client.Post(Record(clientId, "/consents"), new { status = Words }, ("Idempotency-Key", Sought)),
            await host.Anonymous().Get($"/v1/clients/{Sought}"),
        ];
        Assert.That(refused.Select(answer => (int)answer.Status), Is.All.InRange(400, 499));

        // A problem says which address it is about, as it was asked for (RFC 9457, instance); beside that it repeats nothing.
        return [.. refused.Select(answer => answer.Text.Replace(answer.Word("instance")!, "", StringComparison.Ordinal))];
    }

    private static List<string> Leaks(IEnumerable<(string Kind, string Text)> said) =>
    [
        .. from one in said
           from word in Planted
           let at = one.Text.IndexOf(word, StringComparison.OrdinalIgnoreCase)
           where at >= 0
           select $"{one.Kind}: {word} in “{one.Text[Math.Max(0, at - 120)..Math.Min(one.Text.Length, at + 60)]}”",
    ];

    /// <summary>Everything that any source or meter of this process says.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly ConcurrentQueue<(string, string)> all = [];
        private readonly ActivityListener traces;
        private readonly MeterListener metrics = new();

        public Heard()
        {
            traces = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => all.Enqueue(("trace", string.Join(' ', Texts(activity)))),
            };
            ActivitySource.AddActivityListener(traces);
            metrics.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            metrics.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Hear(instrument, tags));
            metrics.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Hear(instrument, tags));
            metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, tags));
            metrics.Start();
        }

        public IReadOnlyList<(string Kind, string Text)> All => [.. all];

        public void Dispose()
        {
            traces.Dispose();
            metrics.Dispose();
        }

        private void Hear(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var said = instrument.Name;
            foreach (var (name, value) in tags)
            {
                said += $" {name}={value}";
            }

            all.Enqueue(("metric", said));
        }

        private static IEnumerable<string> Texts(Activity activity) =>
        [
            activity.OperationName, activity.DisplayName, activity.StatusDescription ?? "", activity.TraceStateString ?? "",
            .. activity.TagObjects.Concat(activity.Baggage.Select(item => new KeyValuePair<string, object?>(item.Key, item.Value)))
                .Concat(activity.Events.SelectMany(happened => happened.Tags.Prepend(new KeyValuePair<string, object?>("event", happened.Name))))
                .Select(tag => $"{tag.Key}={tag.Value}"),
        ];
    }
}
