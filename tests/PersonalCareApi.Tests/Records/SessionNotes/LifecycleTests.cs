using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.SessionNotes;

/// <summary>Who may do what with a note in which state: the whole table, over HTTP.</summary>
[OnEachDatabase]
internal sealed class LifecycleTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly string[] Callers = ["author", "supervisor", "other", "stranger", "client", "representative", "application", "elsewhere"];

    /// <summary>
    /// The other permitted practitioner is not in the care team, nor is the supervisor; the stranger is a colleague without
    /// relation. <c>in</c> and <c>out</c>: whether a list that is answered holds the note.
    /// </summary>
    private const string Table = """
                                author supervisor other stranger client representative application elsewhere
        none      draft         201    201        201   404      403    403            403         404
        none      read          404    404        404   404      404    404            404         404
        none      list          out    out        out   404      out    out            out         404
        none      patch         404    404        404   404      403    403            404         404
        none      discard       404    404        404   404      403    403            404         404
        none      sign          404    404        404   404      403    403            404         404
        none      cosign        404    404        404   404      403    403            404         404
        none      addend        404    404        404   404      404    404            404         404
        none      retract       404    404        404   404      403    403            404         404
        none      withhold      404    404        404   404      403    403            404         404
        none      end           404    404        404   404      403    403            404         404

        draft     read          200    404        404   404      404    404            404         404
        draft     list          in     out        out   404      out    out            out         404
        draft     patch         200    404        404   404      403    403            404         404
        draft     discard       204    404        404   404      403    403            404         404
        draft     sign          200    404        404   404      403    403            404         404
        draft     cosign        403    404        404   404      403    403            404         404
        draft     addend        409    404        404   404      404    404            404         404
        draft     retract       409    404        404   404      403    403            404         404
        draft     withhold      409    404        404   404      403    403            404         404
        draft     end           409    404        404   404      403    403            404         404

        awaiting  read          200    200        404   404      404    404            404         404
        awaiting  list          in     in         out   404      out    out            out         404
        awaiting  patch         200    403        404   404      403    403            404         404
        awaiting  discard       204    403        404   404      403    403            404         404
        awaiting  sign          409    403        404   404      403    403            404         404
        awaiting  cosign        403    200        404   404      403    403            404         404
        awaiting  addend        409    409        404   404      404    404            404         404
        awaiting  retract       409    409        404   404      403    403            404         404
        awaiting  withhold      409    403        404   404      403    403            404         404
        awaiting  end           409    403        404   404      403    403            404         404

        signed    read          200    200        200   404      200    200            200         404
        signed    list          in     in         in    404      in     in             in          404
        signed    patch         409    403        403   404      403    403            403         404
        signed    discard       409    403        403   404      403    403            403         404
        signed    sign          409    403        403   404      403    403            403         404
        signed    cosign        403    409        403   404      403    403            403         404
        signed    addend        201    201        201   404      201    201            403         404
        signed    retract       200    200        403   404      403    403            403         404
        signed    withhold      200    403        403   404      403    403            403         404
        signed    end           409    403        403   404      403    403            403         404

        withheld  read          200    200        200   404      404    404            200         404
        withheld  list          in     in         in    404      out    out            in          404
        withheld  patch         409    403        403   404      403    403            403         404
        withheld  discard       409    403        403   404      403    403            403         404
        withheld  sign          409    403        403   404      403    403            403         404
        withheld  cosign        403    409        403   404      403    403            403         404
        withheld  addend        201    201        201   404      404    404            403         404
        withheld  retract       200    200        403   404      403    403            403         404
        withheld  withhold      200    403        403   404      403    403            403         404
        withheld  end           200    403        403   404      403    403            403         404

        retracted read          200    200        200   404      200    200            200         404
        retracted list          in     in         in    404      in     in             in          404
        retracted patch         409    403        403   404      403    403            403         404
        retracted discard       409    403        403   404      403    403            403         404
        retracted sign          409    403        403   404      403    403            403         404
        retracted cosign        403    409        403   404      403    403            403         404
        retracted addend        409    409        409   404      409    409            403         404
        retracted retract       409    409        403   404      403    403            403         404
        retracted withhold      200    403        403   404      403    403            403         404
        retracted end           409    403        403   404      403    403            403         404
        """;

    private static readonly (string, string) ForTreatment = ("Purpose-Of-Use", "TREAT");

    private readonly Dictionary<string, Api> callers = [];

    private static string Path => Record(Personas.OtherClientId, "/session-notes");

    private static IEnumerable<TestCaseData> Rows() =>
        from line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where words.Length > 0
        select new TestCaseData(words[0], words[1], string.Join(' ', words.Skip(2))).SetArgDisplayNames(words[0], words[1]);

    [OneTimeSetUp]
    public async Task SignIn()
    {
        foreach (var (caller, persona) in Callers.Zip(
            ["practitioner", "supervisor", "colleague", "auditor", "other-client", "representative", "platform", "elsewhere-practitioner"]))
        {
            callers[caller] = await Host.As(persona);
        }

        (await callers["representative"].Post(
            Record(Personas.OtherClientId, "/consents"),
            Consent(Notes.Permit(Personas.PractitionerId, Personas.SupervisorId, Personas.ColleagueId), Notes.PermitApplication)))
            .Expect(HttpStatusCode.Created);
        await callers["other"].Supervise(Personas.PractitionerId, Personas.SupervisorId);
    }

    [TestCaseSource(nameof(Rows))]
    public async Task Each_caller_gets_what_the_table_says(string status, string action, string expected)
    {
        var note = await NoteThatIs(status);
        var answered = new List<string>();
        foreach (var caller in Callers)
        {
            var answer = await Act(callers[caller], action, note);
            answered.Add(action == "list" && answer.Status == HttpStatusCode.OK
                ? answer.Ids().Contains(note.Id) ? "in" : "out"
                : $"{(int)answer.Status}");
            if (action is not ("read" or "list") && (int)answer.Status < 300)
            {
                note = await NoteThatIs(status);
            }
        }

        Assert.That(string.Join(' ', Callers.Zip(answered)), Is.EqualTo(string.Join(' ', Callers.Zip(expected.Split(' ')))));
    }

    [Test]
    public void The_table_is_whole()
    {
        var rows = Rows().Select(row => $"{row.Arguments[0]} {row.Arguments[1]}").ToList();
        string[] actions = ["read", "list", "patch", "discard", "sign", "cosign", "addend", "retract", "withhold", "end"];
        Assert.That(rows, Is.EquivalentTo(
            from status in new[] { "none", "draft", "awaiting", "signed", "withheld", "retracted" }
            from action in status == "none" ? ["draft", .. actions] : actions
            select $"{status} {action}"));
        Assert.That(Rows().Select(row => ((string)row.Arguments[2]!).Split(' ').Length), Is.All.EqualTo(Callers.Length));
    }

    /// <summary>A note as its author and its supervisor see it; one that nobody has made, where there is none.</summary>
    private async Task<Answer> NoteThatIs(string status)
    {
        var (author, supervisor) = (callers["author"], callers["supervisor"]);
        var note = await author.Draft(Personas.OtherClientId);
        if (status == "none")
        {
            (await author.Send(HttpMethod.Delete, $"{Path}/{note.Id}", null, ("If-Match", note.ETag))).Expect(HttpStatusCode.NoContent);
            return note;
        }

        if (status == "draft")
        {
            return note;
        }

        note = (await author.TrySign(Personas.OtherClientId, note)).Expect(HttpStatusCode.OK);
        if (status == "awaiting")
        {
            return note;
        }

        note = (await supervisor.TrySign(Personas.OtherClientId, note, "cosignature")).Expect(HttpStatusCode.OK);
        return status switch
        {
            "signed" => note,
            "withheld" => (await Act(author, "withhold", note)).Expect(HttpStatusCode.OK),
            "retracted" => (await Act(author, "retract", note)).Expect(HttpStatusCode.OK),
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };
    }

    private Task<Answer> Act(Api caller, string action, Answer note)
    {
        var path = $"{Path}/{note.Id}";
        (string, string)[] seen = [("If-Match", note.ETag), ForTreatment];
        return action switch
        {
            "draft" => caller.Post(Path, Notes.Body(), ForTreatment),
            "read" => caller.Get(path, ForTreatment),
            "list" => caller.Get($"{Path}?limit=200", ForTreatment),
            "patch" => caller.Patch(path, new { techniques = new[] { "worry time" } }, seen),
            "discard" => caller.Send(HttpMethod.Delete, path, null, seen),
            "sign" => caller.TrySign(Personas.OtherClientId, note, "signature", ForTreatment),
            "cosign" => caller.TrySign(Personas.OtherClientId, note, "cosignature", ForTreatment),
            "addend" => caller.Post($"{path}/addenda", new { text = "One more thing." }, ForTreatment),
            "retract" => caller.Post($"{path}/retraction", new { reason = "Another client's." }, seen),
            "withhold" => caller.Post($"{path}/withholding", new { reason = "It names who told us.", reviewAt = Host.Clock.GetUtcNow().AddDays(30) }, seen),
            "end" => caller.Post($"{path}/withholding/termination", null, seen),
            _ => throw new ArgumentOutOfRangeException(nameof(action)),
        };
    }
}
