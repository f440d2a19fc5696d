%% Many small processes, started in rows of a thousand; each answers with a message.
-module(futures_flat).
-export([main/0]).

work(N) -> N rem 7.

row() ->
    Self = self(),
    Fs = [begin
              Ref = make_ref(),
              spawn(fun() -> Self ! {Ref, work(N)} end),
              Ref
          end || N <- lists:seq(0, 999)],
    lists:sum([receive {Ref, X} -> X end || Ref <- Fs]).

main() ->
    io:format("~p~n", [lists:sum([row() || _ <- lists:seq(1, 200)])]).
