namespace PersonalCareApi.Rendering.Pages;

/// <summary>How the ledger and its proofs are verified, in words and in pseudo-code that anybody can write again.</summary>
internal static class LedgerVerificationPage
{
    public const string Title = "How the ledger is verified";

    private const string Entries = """
        H(x)  = SHA-256 of the octets x        ‖ joins octets
        zero  = 32 octets 0                    hashes in JSON: lower-case hex

        content      the entry in its canonical form: one JSON object in
                     UTF-8, no white space, members in the order of
                     format 2; it names its chain and its sequence
        contentHash  = H(content)
        hash         = H(previousHash ‖ contentHash)
                     previousHash of the first entry: zero
        """;

    private const string Checkpoints = """
        leaf(chain)  = H(0x00 ‖ chain id, 16 octets
                        ‖ sequence, 8 octets, greatest first
                        ‖ hash of the entry of that number)
        node(l, r)   = H(0x01 ‖ l ‖ r)
        root         = the Merkle tree of RFC 6962 over the leaves of
                       all chains, in the order of the ids' octets

        statement    = JWS (RFC 7515), compact, ES256,
                       header typ "ledger-checkpoint+json"
        payload      = {"format":1,"sequence":…,"previousHash":…,"at":…,
                        "treeSize":…,"entries":…,"rootHash":…}
                       without white space
        checkpoint hash = H(payload), the previousHash of the next;
                       of the first: zero
        """;

    private const string Proof = """
        verify(proof, keys):
          payload = verify the signature of proof.checkpoint.statement
                    with the key of keys that its header names (kid); else fail
          checkpoint = parse(payload)

          if proof.content is not null:
            if H(proof.content) ≠ proof.contentHash: fail
            if its chain ≠ proof.chainId: fail
            if its sequence ≠ proof.sequence: fail

          hash = H(proof.previousHash ‖ proof.contentHash)
          for each c in proof.following, of all pages in order:
            hash = H(hash ‖ c)
          head = proof.sequence + number of following

          # RFC 9162, 2.1.3.2
          node = proof.inclusion.leafIndex;  last = checkpoint.treeSize - 1
          if node > last: fail
          r = H(0x00 ‖ octets(proof.chainId) ‖ octets8(head) ‖ hash)
          for each p in proof.inclusion.path:
            if last = 0: fail
            if node is odd or node = last:
              r = H(0x01 ‖ p ‖ r)
              while node is even and node ≠ 0: node = node / 2; last = last / 2
            else:
              r = H(0x01 ‖ r ‖ p)
            node = node / 2;  last = last / 2
          if last ≠ 0 or r ≠ checkpoint.rootHash: fail

          the entry was on the ledger when the checkpoint was signed
        """;

    private const string Whole = """
        verify(database, keys, witness):
          for each checkpoint in order:
            signature good, sequence one more, treeSize no less,
            entries more, previousHash = hash of the one before
            the witness has it: the same hash, else "another past"
          the witness has more: "an older state was put back"

          marks = of each chain the head that the newest checkpoint
                  counts, and the head that the witness knows
          the heads that the newest checkpoint counts give its root

          for each chain, entry by entry:
            sequence = one more than before         else deleted
            it names this chain and this sequence   else inserted,
                                       reordered or deleted
            hash = H(previousHash ‖ H(content))     else edited
            previousHash = hash of the one before   else that one was
                                       edited and hashed anew
            at a mark: the same hash                else rewritten
          at its end: it is the head that is noted,
            and every mark was reached              else truncated
          a mark of a chain that is not there:      dropped
        """;

    public static Markup Body { get; } = Markup.Of(
        $"""
        <p>Every use of a client's data is an entry in a chain of the client's own. Every few seconds a checkpoint over all chains is
        signed and leaves for a witness. With this page, an entry's proof and the keys, anybody can verify that the entry was there;
        nothing of this program is needed.</p>
        <ul><li>Proof: <code>GET /v1/clients/{Braces("clientId")}/access-history/proof?entry={Braces("id")}</code>, for the client</li>
        <li>Keys: <a href="/.well-known/jwks.json">/.well-known/jwks.json</a>. Keep a copy of your own: who could change the ledger must not hand you the keys as well.</li>
        <li>Ready made: <code>PersonalCareApi ledger verify --export proof.json --keys jwks.json</code></li></ul>
        <h2>Entries</h2><pre><code>{Entries}</code></pre>
        <h2>Checkpoints</h2><pre><code>{Checkpoints}</code></pre>
        <h2>A proof</h2><pre><code>{Proof}</code></pre>
        <p>Of a practitioner's private notes the content is withheld; its hash is proven all the same. The hash gives nothing away:
        the content holds the id of the request's trace, which the client does not know.</p>
        <h2>A whole ledger</h2><pre><code>{Whole}</code></pre>
        <p>This is <code>PersonalCareApi ledger verify --against witness.jsonl</code>. A line of the witness is one JSON object:
        <code>sequence</code>, <code>hash</code>, <code>statement</code>, and <code>heads</code>, the heads that moved since the last line that named any.</p>
        """);

    private static string Braces(string name) => $"{{{name}}}";
}
