using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Reference.Instruments;

/// <summary>What ships is loaded whole; what is faulty is named by file and fault, and nothing starts with it.</summary>
[TestFixture]
internal sealed class InstrumentLibraryTests
{
    [Test]
    public void All_instruments_load_in_the_order_of_their_codes()
    {
        var library = InstrumentLibrary.Load();

        Assert.That(library.All.Select(instrument => $"{instrument.Code} {instrument.Version}"), Is.EqualTo(new[]
        {
"audit 1", "audit-c 1", "brief-cope 1", "brs 1", "c-nip 1", "c-ssrs-screen 1", "cfi 1", "core-10 1",
            "dass-21 1", "dast-10 1", "gad-7 1", "gbo 1", "isi 1", "ismi-9 1", "k10 1", "k6 1", "mini-ipip 1", "mspss 1",
            "osss-3 1", "pc-ptsd-5 1", "pcl-5 1", "phq-2 1", "phq-4 1", "phq-9 1", "rses 1", "ssosh-10 1", "star-p 1",
            "vq 1", "wai-sr 1", "who-5 1", "wsas 1",
        }));
    }

    [Test]
    public void What_is_not_free_is_not_in_the_library()
    {
        string[] notFree =
        [
            "srs", "ors", "psychlops", "asrm", "eq-5d", "ess", "epworth", "madrs", "hads", "bdi-ii", "bai", "oq-45", "cd-risc", "psqi", "neo",
            "swemwbs", "wemwbs", "ismi-10", "ismi-29", "whodas", "whodas-2", "surps", "bevs", "bulls-eye",
        ];

        Assert.That(InstrumentLibrary.Load().All.Select(instrument => instrument.Code).Intersect(notFree), Is.Empty);
    }

    [Test]
    public void Those_whose_licence_has_to_be_held_are_switched_off() => Assert.That(
        InstrumentLibrary.Load().All.Where(instrument => !instrument.EnabledByDefault).Select(instrument => instrument.Code),
        Is.EqualTo(new[] { "isi", "ssosh-10", "star-p", "wai-sr", "wsas" }));

    [Test]
    public void Every_instrument_is_found_by_its_code_and_by_its_version()
    {
        var library = InstrumentLibrary.Load();

        Assert.That(library.All, Is.Not.Empty);
        foreach (var instrument in library.All)
        {
            Assert.That(library.Find(instrument.Code), Is.SameAs(instrument));
            Assert.That(library.Find(instrument.Code, instrument.Version), Is.SameAs(instrument));
        }

        Assert.That(library.Find("PHQ-9"), Is.Null, "a code is matched exactly");
        Assert.That(library.Find("phq-9", "2"), Is.Null);
    }

    [Test]
    public void The_newest_version_is_the_highest_number_and_the_older_stays()
    {
        var library = InstrumentLibrary.Load([("ten.json", Who5("10")), ("nine.json", Who5("9"))]);

        Assert.That(library.All.Select(instrument => instrument.Version), Is.EqualTo(new[] { "9", "10" }));
        Assert.That(library.Find("who-5")!.Version, Is.EqualTo("10"));
        Assert.That(library.Find("who-5", "9"), Is.Not.Null);
    }

    [Test]
    public void Every_broken_definition_is_named_by_file_and_fault()
    {
        var unreadable = ("unreadable.json", "{");
        var wrong = ("wrong.json", Who5("1", json =>
        {
            json["total"]!["range"]!["max"] = 25;
            json["loinc"]!["panel"] = "44249-2";
        }));

        var refused = Assert.Throws<InvalidDataException>(() => InstrumentLibrary.Load([("good.json", Who5("1")), unreadable, wrong]))!;

        Assert.That(refused.Message, Does.Contain("unreadable.json: unreadable at #"));
        Assert.That(refused.Message, Does.Contain("wrong.json: range at #/total/range: The items give 0–100, the definition says 0–25."));
        Assert.That(refused.Message, Does.Contain("wrong.json: loinc-check-digit at #/loinc/panel"));
        Assert.That(refused.Message, Does.Not.Contain("good.json"));
    }

    [Test]
    public void A_version_defined_twice_is_named_with_both_files()
    {
        var refused = Assert.Throws<InvalidDataException>(() => InstrumentLibrary.Load([("first.json", Who5("1")), ("second.json", Who5("1"))]))!;

        Assert.That(refused.Message, Does.Contain("first.json, second.json: duplicate-instrument: version 1 of who-5 is defined more than once."));
    }

    [Test]
    public void The_program_does_not_start_with_a_broken_definition()
    {
        using var host = new ApiHost(TestDatabase.Sqlite, register: services => services.AddSingleton(_ => InstrumentLibrary.Load([("broken.json", "{}")])));

        var stopped = Assert.Catch(() => host.CreateClient())!;

        Assert.That(stopped.ToString(), Does.Contain("broken.json: unreadable"));
    }

    private static string Who5(string version, Action<JsonNode>? change = null)
    {
        using var stream = typeof(InstrumentLibrary).Assembly.GetManifestResourceStream("instruments/who-5.json")!;
        var json = JsonNode.Parse(stream)!;
        json["version"] = version;
        change?.Invoke(json);
        return json.ToJsonString();
    }
}
