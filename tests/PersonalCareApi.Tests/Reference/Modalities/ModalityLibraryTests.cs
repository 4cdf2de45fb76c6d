using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Reference.Modalities;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Reference.Modalities;

/// <summary>What ships is loaded whole; what is faulty is named by file and fault, and nothing starts with it.</summary>
[TestFixture]
internal sealed class ModalityLibraryTests
{
    [Test]
    public void All_sixteen_modalities_load_in_the_order_of_their_codes()
    {
        var library = ModalityLibrary.Load();

        Assert.That(library.All.Select(modality => modality.Code), Is.EqualTo(new[]
        {
            "act", "art", "ba", "biofeedback", "cbt", "dbt", "emdr", "expressive-writing", "gestalt", "gsh", "ipt", "mbct", "narrative",
            "person-centred", "psychodynamic", "sfbt",
        }));
        Assert.That(library.All.Select(modality => library.Find(modality.Code)), Is.EqualTo(library.All));
        Assert.That(library.Find("CBT"), Is.Null, "a code is matched exactly");
    }

    [Test]
    public void Every_approach_that_the_product_names_is_there()
    {
        var library = ModalityLibrary.Load();
        string[] named = ["cbt", "dbt", "psychodynamic", "person-centred", "gestalt", "narrative", "sfbt", "art", "expressive-writing", "mbct"];

        Assert.That(named.Where(code => library.Find(code) is null), Is.Empty);
    }

    [Test]
    public void No_fact_is_surer_than_the_material_says()
    {
        var indications = ModalityLibrary.Load().All.SelectMany(modality => modality.Indications.Select(one => (modality.Code, Fact: one))).ToList();

        Assert.That(indications.Count(one => one.Fact.Status == FactStatus.Confirmed), Is.EqualTo(22));
        Assert.That(indications.Count(one => one.Fact.Status == FactStatus.Unconfirmed), Is.EqualTo(18));
        Assert.That(
            indications.Where(one => one.Fact.Guideline.StartsWith("no NICE recommendation", StringComparison.Ordinal) && one.Fact.Status == FactStatus.Confirmed),
            Is.Empty, "what no guideline names is not confirmed by one");
    }

    [Test]
    public void Every_broken_definition_is_named_by_file_and_fault()
    {
        var refused = Assert.Throws<InvalidDataException>(() => ModalityLibrary.Load(
        [
            ("good.json", Cbt()), ("unreadable.json", "{"), ("wrong.json", Cbt(json =>
            {
                json["techniques"] = new JsonArray();
                json["preferenceFit"]!["status"] = "published";
            })),
        ]))!;

        Assert.That(refused.Message, Does.Contain("unreadable.json: unreadable at $"));
        Assert.That(refused.Message, Does.Contain("wrong.json: no-techniques at techniques"));
        Assert.That(refused.Message, Does.Contain("wrong.json: preference-fit-status at preferenceFit"));
        Assert.That(refused.Message, Does.Not.Contain("good.json"));
    }

    [Test]
    public void A_modality_defined_twice_is_named_with_both_files()
    {
        var refused = Assert.Throws<InvalidDataException>(() => ModalityLibrary.Load([("first.json", Cbt()), ("second.json", Cbt())]))!;

        Assert.That(refused.Message, Does.Contain("first.json, second.json: duplicate-modality: cbt is defined more than once."));
    }

    [Test]
    public void The_program_does_not_start_with_a_broken_definition()
    {
        using var host = new ApiHost(TestDatabase.Sqlite, register: services => services.AddSingleton(_ => ModalityLibrary.Load([("broken.json", "{}")])));

        var stopped = Assert.Catch(() => host.CreateClient())!;

        Assert.That(stopped.ToString(), Does.Contain("broken.json: unreadable"));
    }

    private static string Cbt(Action<JsonNode>? change = null)
    {
        using var stream = typeof(ModalityLibrary).Assembly.GetManifestResourceStream("modalities/cbt.json")!;
        var json = JsonNode.Parse(stream)!;
        change?.Invoke(json);
        return json.ToJsonString();
    }
}
