using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PersonalCareApi.Telemetry;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Telemetry;

/// <summary>What leaves for a collector: requests by their route, decisions, statements, commits; and no word of anybody.</summary>
[OnEachDatabase]
internal sealed class TelemetryTests(TestDatabase database)
{
    private const string ExternalId = "EXT-Mandragora-4711";
    private const string Sought = "Leuchtturmwirt";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    // Nobody is there: what is sent is lost, as it is with a collector that is away.
    private static readonly Dictionary<string, string> Somewhere = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" };

    [Test]
    public async Task A_request_is_one_trace_by_its_route_with_decision_statements_and_commit()
    {
        var spans = new Ended();
        await using var host = Exporting(traces: spans);
        var platform = await host.As("platform");
        (await platform.Put($"/v1/clients/by-external-id/{ExternalId}", new { birthDate = "1987-11-23" }, ("Purpose-Of-Use", "TREAT"), ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"))).Expect(HttpStatusCode.Created);
        (await platform.Get($"/v1/clients?externalId={ExternalId}&{Sought}={Sought}", ("Purpose-Of-Use", "TREAT"), ("User-Agent", Sought))).Expect(HttpStatusCode.UnprocessableEntity);
        (await platform.Get($"/v1/{Sought}/{ExternalId}")).Expect(HttpStatusCode.NotFound);
        (await host.Anonymous().Get("/health/live")).Expect(HttpStatusCode.OK);

        var begun = TimeProvider.System.GetTimestamp();
        const string Put = "PUT /v1/clients/by-external-id/{externalId}";
        Activity[] inIt;
        while (!(inIt = [.. spans.Where(span => span.TraceId.ToHexString() == Trace)]).Any(span => span.DisplayName == Put))
        {
            // The span of a request ends after its answer has left.
            Assert.That(TimeProvider.System.GetElapsedTime(begun), Is.LessThan(LongEnough));
            await Task.Delay(20);
        }

        // Other programs of this process have spans of the same sources.
        var all = spans.ToList();
        var put = inIt.Single(span => span.DisplayName == Put);
        Assert.That(put.GetTagItem("http.route"), Is.EqualTo("/v1/clients/by-external-id/{externalId}"));
        Assert.That(put.GetTagItem("http.response.status_code"), Is.EqualTo(201));
        Assert.That(inIt.Select(span => span.DisplayName), Does.Contain("personalcare.decide").And.Contain("personalcare.commit"));
        var statement = inIt.First(span => span.GetTagItem("db.operation.name") is "SELECT");
        Assert.That(statement.GetTagItem("db.system.name"), Is.EqualTo(database == TestDatabase.Sqlite ? "sqlite" : "microsoft.sql_server"));
        Assert.That(statement.DisplayName, Is.EqualTo($"SELECT {statement.GetTagItem("db.collection.name")}"));
        Assert.That(all.SelectMany(Texts), Has.None.Contain(ExternalId).And.None.Contain(Sought));
        Assert.That(all.SelectMany(span => span.TagObjects).Select(tag => tag.Key), Has.None.EqualTo("url.path").And.None.EqualTo("url.query").And.None.EqualTo("db.query.text"));
        Assert.That(all.SelectMany(Texts), Has.None.Contain("/health"));
    }

    [Test]
    public async Task An_operator_sees_decisions_commits_and_what_waits()
    {
        var measured = new List<Metric>();
        await using var host = Exporting(metrics: measured);
        var clientId = await host.NewClient();
        (await (await host.As("practitioner")).Get(Record(clientId, "/assessments"))).Expect(HttpStatusCode.Forbidden);
        (await (await host.As("client")).Get(Record(clientId))).Expect(HttpStatusCode.OK);

        host.Services.GetRequiredService<MeterProvider>().ForceFlush(5000);

        Assert.That(measured.Select(metric => metric.Name), Is.SupersetOf([
            "personalcare.decisions", "personalcare.commits", "personalcare.commit.duration", "personalcare.commit.queue", "personalcare.background.oldest",
            "http.server.request.duration"]));
        var decisions = Points(measured.Last(metric => metric.Name == "personalcare.decisions"));
        Assert.That(decisions, Has.Some.Contain("decision=deny").And.Some.Contain("decision=permit"));

        // Other programs of this process are counted by the same meter.
        Assert.That(decisions.Where(point => point.Contains("reason=no-consent", StringComparison.Ordinal)), Has.Some.Contain("personalcare.category=assessments").And.Some.Contain("personalcare.action=read"));
    }

    [Test]
    public async Task Logs_leave_without_the_address_of_the_request()
    {
        var entries = new Logged();
        await using var host = Exporting(logs: entries);
        (await (await host.As("platform")).Get($"/v1/{Sought}/{ExternalId}")).Expect(HttpStatusCode.NotFound);

        Assert.That(entries, Has.Some.Contain("Database ready"));
        Assert.That(entries, Has.None.Contain(ExternalId).And.None.Contain(Sought));
    }

    [Test]
    public async Task Without_a_collector_nothing_is_registered_and_no_span_is_made()
    {
        await using var host = new ApiHost(database);
        Assert.That(host.Services.GetService<TracerProvider>(), Is.Null);
        Assert.That(host.Services.GetService<MeterProvider>(), Is.Null);

        await using var off = new ApiHost(database) { Settings = new Dictionary<string, string>(Somewhere) { ["OTEL_SDK_DISABLED"] = "true" } };
        Assert.That(off.Services.GetService<TracerProvider>(), Is.Null);

        await using var onlyTraces = new ApiHost(database) { Settings = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://127.0.0.1:1" } };
        Assert.That(onlyTraces.Services.GetService<TracerProvider>(), Is.Not.Null);
        Assert.That(onlyTraces.Services.GetService<MeterProvider>(), Is.Null);
    }

    [TestCase("SELECT a, b\nFROM client AS c JOIN other ON 1 = 1", "SELECT", "client")]
    [TestCase("UPDATE background_job SET state = 'FROM x'", "UPDATE", "background_job")]
    [TestCase("INSERT INTO secret (name) VALUES (@Name)", "INSERT", "secret")]
    [TestCase("SELECT 1", "SELECT", null)]
    public void A_statement_is_told_by_what_it_does_to_which_table(string statement, string operation, string? table) =>
        Assert.That(StatementSummary.Of(statement), Is.EqualTo((operation, table)));

    private ApiHost Exporting(Ended? traces = null, List<Metric>? metrics = null, Logged? logs = null) => new(database, register: services =>
    {
        if (traces is not null)
        {
            services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(traces));
        }

        if (metrics is not null)
        {
            services.ConfigureOpenTelemetryMeterProvider(measuring => measuring.AddInMemoryExporter(metrics));
        }

        if (logs is not null)
        {
            services.ConfigureOpenTelemetryLoggerProvider(logging => logging.AddProcessor(logs));
        }
    })
    {
        Settings = Somewhere,
    };

    private static List<string> Points(Metric metric)
    {
        var points = new List<string>();
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var tags = new List<string>();
            foreach (var (name, value) in point.Tags)
            {
                tags.Add($"{name}={value}");
            }

            points.Add(string.Join(' ', tags));
        }

        return points;
    }

    private static IEnumerable<string> Texts(Activity span) =>
        [span.DisplayName, span.StatusDescription ?? "", .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")];

    /// <summary>Spans as they leave; may be looked at while more come.</summary>
    private sealed class Ended : BaseProcessor<Activity>, IEnumerable<Activity>
    {
        private readonly ConcurrentQueue<Activity> spans = [];

        public override void OnEnd(Activity data) => spans.Enqueue(data);

        public IEnumerator<Activity> GetEnumerator() => spans.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Every word of the log entries as they leave; may be looked at while more come.</summary>
    private sealed class Logged : BaseProcessor<LogRecord>, IEnumerable<string>
    {
        private readonly ConcurrentQueue<string> words = [];

        public override void OnEnd(LogRecord data)
        {
            // The record itself is used again for the next entry.
            words.Enqueue($"{data.Body} {data.FormattedMessage}");
            foreach (var (_, value) in data.Attributes ?? [])
            {
                words.Enqueue($"{value}");
            }
        }

        public IEnumerator<string> GetEnumerator() => words.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
