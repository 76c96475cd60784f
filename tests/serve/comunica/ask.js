// node ask.js ENDPOINT QUERY  ->  one line of JSON: rows, quads or a boolean, as Comunica has them
import { QueryEngine } from '@comunica/query-sparql';

const [endpoint, query] = process.argv.slice(2);
const result = await new QueryEngine().query(query, { sources: [{ type: 'sparql', value: endpoint }] });
const answer = await result.execute();
if (result.resultType === 'boolean') {
  console.log(JSON.stringify(answer));
} else if (result.resultType === 'quads') {
  const quads = await answer.toArray();
  console.log(JSON.stringify(quads.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value])));
} else {
  const rows = await answer.toArray();
  console.log(JSON.stringify(rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])))));
}
